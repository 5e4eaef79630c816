import type { Say } from '@/i18n/words'
import type { orderWords } from './words'

type OrderSay = Say<(typeof orderWords)['keys'][number]>

/** Who did something, in words: `user:li` is a person, `audit@0#remark` a rule, `wms:HZ` a warehouse system. */
export function actorName(actor: string, t: OrderSay): string {
  const [kind, name = ''] = actor.split(/[:@](.*)/s)
  switch (kind) {
    case 'user':
      return name
    case 'audit':
      return t('byRule')
    case 'wms':
      return t('byWarehouse', { name })
    case 'carrier':
      return t('byCarrier')
    case 'platform':
      return t('byPlatform')
    case 'system':
      return t('bySystem')
    default:
      return actor
  }
}
