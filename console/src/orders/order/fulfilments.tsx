import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link } from 'react-router'
import { api } from '@/api/client'
import { useEnum } from '@/api/enums'
import { useMay } from '@/api/me'
import { Pill } from '@/frame/pill'
import { toast, toastProblem } from '@/frame/toasts'
import { instant, money, weight } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useCarriers, useNameOf, useWarehouses } from '@/masters/options'
import { FULFILMENT_TONES, PARCEL_TONES, type Fulfilment, type Order, type Parcel } from '../shapes'
import { orderWords } from '../words'
import { useOrderCommands } from './queries'
import styles from './order.module.css'

/** What each warehouse sends, and the boxes on their way. */
export function Fulfilments({ order }: { order: Order }) {
  const t = useWords(orderWords)
  if (order.fulfilments.length === 0) return <p className="dim">{t('noFulfilments')}</p>
  return (
    <ul className={styles.holds}>
      {order.fulfilments.map((fulfilment) => (
        <FulfilmentItem key={fulfilment.id} order={order} fulfilment={fulfilment} />
      ))}
    </ul>
  )
}

function FulfilmentItem({ order, fulfilment }: { order: Order; fulfilment: Fulfilment }) {
  const t = useWords(orderWords)
  const state = useEnum('fulfilment_state')
  const may = useMay()
  const { refresh } = useOrderCommands(order)
  const unmerge = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/fulfilments/{fulfilment_id}/unmerge', {
        params: {
          path: { fulfilment_id: Number(fulfilment.id) },
          header: { 'If-Match': `"v${fulfilment.version}"` },
        },
      }),
    onSuccess: () => {
      toast(t('unmerged'))
    },
    onError: toastProblem,
    onSettled: refresh,
  })
  const parcels = order.parcels.filter(
    (parcel) => parcel.fulfilment_id === (fulfilment.merged_into_id ?? fulfilment.id),
  )
  const companions = fulfilment.companions ?? []
  const isMerged = fulfilment.merged_into_id !== null || companions.length > 0
  const warehouse = useNameOf(useWarehouses())
  const carrier = useNameOf(useCarriers())
  return (
    <li className={styles.fulfilment}>
      <div className={styles.row}>
        <span className="mono">{fulfilment.no}</span>
        <Pill tone={FULFILMENT_TONES[fulfilment.state] ?? 'quiet'}>{state(fulfilment.state)}</Pill>
        <span>
          {warehouse(fulfilment.warehouse_code)} → {carrier(fulfilment.carrier_code)}
        </span>
        <span className="dim">
          {weight(fulfilment.weight_g)} · {money(fulfilment.freight_minor)}
        </span>
        {companions.length > 0 && (
          <span className={styles.companions}>
            <span className="dim">{t('travelsWith')} </span>
            {companions.map((one, index) => (
              <span key={one.order_id}>
                {index > 0 && ', '}
                <Link to={`/orders/${one.order_id}`} className="mono">
                  {one.order_no}
                </Link>
              </span>
            ))}
          </span>
        )}
        <span className={styles.space} />
        {isMerged && may('merge') && (
          <Button
            size="small"
            loading={unmerge.isPending}
            onClick={() => {
              unmerge.mutate()
            }}
          >
            {t('unmerge')}
          </Button>
        )}
      </div>
      {parcels.map((parcel) => (
        <ParcelItem key={parcel.id} parcel={parcel} order={order} />
      ))}
    </li>
  )
}

function ParcelItem({ parcel, order }: { parcel: Parcel; order: Order }) {
  const t = useWords(orderWords)
  const carrier = useNameOf(useCarriers())
  const state = useEnum('parcel_state')
  const steps = order.timeline.filter(
    (step) => step.step === 'tracking' && (step.detail as { parcel?: string } | null)?.parcel === parcel.tracking_no,
  )
  return (
    <div className={styles.parcel}>
      <div className={styles.row}>
        <span className="dim">{t('parcel')}</span>
        <span className="mono">
          {carrier(parcel.carrier_code)} {parcel.tracking_no}
        </span>
        <Pill tone={PARCEL_TONES[parcel.state] ?? 'progress'}>{state(parcel.state)}</Pill>
        <span className="dim">{weight(parcel.weight_g)}</span>
      </div>
      <ol className={styles.track}>
        <li>
          <span className="dim">{instant(parcel.shipped_at)}</span> {t('sentOff')}
        </li>
        {steps.map((step) => {
          const told = step.detail as { state?: string; at?: string }
          return (
            <li key={step.at + (told.state ?? '')}>
              <span className="dim">{instant(told.at ?? step.at)}</span> {state((told.state ?? '').toLowerCase())}
            </li>
          )
        })}
      </ol>
    </div>
  )
}
