import type { Say } from '@/i18n/words'
import type { healthWords } from './words'

const KINDS = { shop: 'kindShop', wms: 'kindWarehouse', carrier: 'kindCarrier' } as const

/** Who sent a message or gets it, `wms:HZ` being the warehouse system HZ. */
export function counterpartName(counterpart: string, t: Say<(typeof healthWords)['keys'][number]>): string {
  const [kind = '', ...code] = counterpart.split(':')
  if (!(kind in KINDS)) return counterpart
  return [t(KINDS[kind as keyof typeof KINDS]), code.join(':')].filter(Boolean).join(' ')
}
