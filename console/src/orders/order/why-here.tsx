import { Skeleton } from 'antd'
import { useEnum } from '@/api/enums'
import { Pill } from '@/frame/pill'
import { money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { SchematicMap } from './schematic-map'
import { useDecision, type Candidate } from './sourcing'
import styles from './order.module.css'

const AIMS = { cheapest: 'aim_cheapest', nearest: 'aim_nearest' } as const
const OWN = { dearer: 'why_dearer', farther: 'why_farther' } as const

/** Every warehouse that was looked at, what it would have cost, and why it was not taken. */
export default function WhyHere({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const decision = useDecision(order)
  if (decision === undefined) return <Skeleton active />
  if (!decision) return <p className="dim">{t('noWhy')}</p>
  const aim = decision.aim in AIMS ? t(AIMS[decision.aim as keyof typeof AIMS]) : decision.aim
  return (
    <div className={styles.fields}>
      <p className="dim">{t('aim', { aim })}</p>
      <SchematicMap
        dots={decision.candidates.map((one) => ({
          label: one.name,
          longitude: one.longitude,
          latitude: one.latitude,
          kind: one.isChosen ? 'chosen' : one.cost_minor === null ? 'refused' : 'other',
        }))}
        target={{ province: order.province, label: order.city || order.province }}
      />
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t('candidate')}</th>
            <th>{t('carrierOf')}</th>
            <th className={styles.end}>{t('cost')}</th>
            <th className={styles.end}>{t('distance')}</th>
            <th>{t('result')}</th>
          </tr>
        </thead>
        <tbody>
          {decision.candidates.map((one) => (
            <CandidateRow key={one.code} candidate={one} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CandidateRow({ candidate }: { candidate: Candidate }) {
  const t = useWords(orderWords)
  const reason = useEnum('reason')
  const { why } = candidate
  return (
    <tr>
      <td className={styles.whole}>{candidate.name}</td>
      <td className={styles.whole}>{candidate.carrier || '—'}</td>
      <td className={styles.end}>{candidate.cost_minor === null ? '—' : money(candidate.cost_minor)}</td>
      <td className={styles.end}>{candidate.distance_km === null ? '—' : `${number(candidate.distance_km)} km`}</td>
      <td>
        {candidate.isChosen ? (
          <Pill tone="good">{t('chosen')}</Pill>
        ) : (
          <span className="dim">{why in OWN ? t(OWN[why as keyof typeof OWN]) : reason(why)}</span>
        )}
      </td>
    </tr>
  )
}
