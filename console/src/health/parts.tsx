import { Skeleton } from 'antd'
import { api, given } from '@/api/client'
import { feedName } from '@/connections/feed-name'
import { connectionWords } from '@/connections/words'
import { useReading } from '@/frame/use-reading'
import stacked from '@/frame/stacked.module.css'
import { duration, instant, number } from '@/i18n/format'
import { useWords, type Say } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { PartPill } from './part-pill'
import { healthWords } from './words'

const KINDS = {
  shop: 'kindShop',
  stock: 'kindStock',
  warehouse: 'kindWarehouse',
  carrier: 'kindCarrier',
  messages: 'messages',
  workers: 'kindWorkers',
} as const
const FIGURES = {
  lag_s: 'lag',
  due: 'dueListings',
  waits_s: 'waits',
  pending: 'pending',
  sending: 'sending',
  unknown: 'unknown',
  dead: 'dead',
  failures: 'failures',
  waiting: 'waiting',
  set_aside: 'asideCount',
  alive: 'alive',
  buckets_free: 'freeBuckets',
} as const

type HealthSay = Say<(typeof healthWords)['keys'][number]>

/** Figures that say something, in words; lengths of time by their biggest unit. */
function figuresOf(detail: Record<string, number>, t: HealthSay): string {
  return Object.entries(detail)
    .filter(([name, value]) => value !== 0 && name in FIGURES)
    .map(
      ([name, value]) =>
        `${t(FIGURES[name as keyof typeof FIGURES])} ${name.endsWith('_s') ? duration(value) : number(value)}`,
    )
    .join(' · ')
}

/** Each shop, warehouse system, carrier and lane: how it is, and when it last spoke. */
export function Parts() {
  const t = useWords(healthWords)
  const feeds = useWords(connectionWords)
  const { data, trouble } = useReading({
    queryKey: ['health-parts'],
    queryFn: async () => given(await api.GET('/api/v1/health/parts')),
    refetchInterval: 15_000,
  })
  if (!data) return trouble ?? <Skeleton active style={{ padding: 14 }} />
  if (data.length === 0) return <p style={{ padding: 14 }}>{t('noParts')}</p>
  return (
    <>
      {trouble}
      <table className={`${table.table} ${stacked.stacked}`}>
        <thead>
          <tr>
            <th>{t('part')}</th>
            <th>{t('state')}</th>
            <th>{t('since')}</th>
            <th>{t('detail')}</th>
          </tr>
        </thead>
        <tbody>
          {data.map((part) => (
            <tr key={part.kind + part.name + part.feed}>
              <td className={stacked.whole}>
                {part.kind in KINDS ? t(KINDS[part.kind as keyof typeof KINDS]) : part.kind}{' '}
                {part.name !== part.kind && <span className="dim">{part.name}</span>}
                {part.feed && <span className="dim"> · {feedName(part.feed, feeds)}</span>}
              </td>
              <td>
                <PartPill state={part.state} isOff={part.is_off} />
              </td>
              <td className={stacked.beside} data-label={part.since ? t('since') : undefined}>
                {instant(part.since)}
              </td>
              <td className={stacked.whole}>
                {figuresOf(part.detail as Record<string, number>, t)}
                {part.error && <div>{part.error}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
