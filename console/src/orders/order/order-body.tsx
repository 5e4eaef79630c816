import { Skeleton } from 'antd'
import { useMay } from '@/api/me'
import { later } from '@/frame/later'
import { Panel } from '@/frame/page'
import { frameWords } from '@/frame/words'
import { money } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useCarriers, useNameOf, useWarehouses } from '@/masters/options'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { LinesEditing } from './edit-buttons'
import { Fulfilments } from './fulfilments'
import { Holds } from './holds'
import { Lines } from './lines'
import { Receiver } from './receiver'
import { Timeline } from './timeline'
import styles from './order.module.css'

const PART = { isModal: false, isAhead: false, meanwhile: <Loading /> }
const WhyHere = later(() => import('./why-here').then((it) => it.default), PART)
const Messages = later(() => import('./messages').then((it) => it.default), PART)

/** Everything about one order. Two columns where there is room. */
export function OrderBody({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const may = useMay()
  return (
    <div className={styles.container}>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Remarks order={order} />
          {order.holds.length > 0 && (
            <Panel title={t('holds')}>
              <Holds order={order} />
            </Panel>
          )}
          <Panel title={t('lines')} extra={<LinesEditing order={order} />} isFlush>
            <Lines order={order} />
          </Panel>
          <Panel title={t('fulfilments')}>
            <Fulfilments order={order} />
          </Panel>
          <Panel title={t('why')}>
            <WhyHere order={order} />
          </Panel>
          {may('messages') && (
            <Panel title={t('messages')}>
              <Messages order={order} />
            </Panel>
          )}
        </div>
        <div className={styles.column}>
          <Panel title={t('receiver')}>
            <Receiver order={order} />
          </Panel>
          <Panel title={t('money')}>
            <Money order={order} />
          </Panel>
          <Wishes order={order} />
          <Panel title={t('timeline')}>
            <Timeline steps={order.timeline} />
          </Panel>
        </div>
      </div>
    </div>
  )
}

function Loading() {
  const label = useWords(frameWords)('loading')
  return <Skeleton active title={false} paragraph={{ rows: 3 }} aria-busy aria-label={label} />
}

/** What buyer and seller wrote; the first thing a clerk reads. */
function Remarks({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const rows = [
    [t('buyerRemark'), order.buyer_remark],
    [t('sellerRemark'), order.seller_remark],
  ].filter(([, text]) => text)
  if (rows.length === 0) return null
  return (
    <Panel title={t('remarks')}>
      <dl className={styles.remarks}>
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function Money({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const rows: [string, number][] = [
    [t('goods'), order.goods_minor],
    [t('discount'), -order.discount_minor],
    [t('freight'), order.freight_minor],
  ]
  return (
    <dl className={styles.facts}>
      {rows.map(([name, minor]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{money(minor, order.currency)}</dd>
        </div>
      ))}
      <div className={styles.sum}>
        <dt>{t('paidMoney')}</dt>
        <dd>{money(order.paid_minor, order.currency)}</dd>
      </div>
    </dl>
  )
}

function Wishes({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const {
    warehouse_code: warehouse,
    carrier_code: carrier,
    remark,
    is_urgent: isUrgent,
    is_alone: isAlone,
  } = order.edits
  const warehouseName = useNameOf(useWarehouses())
  const carrierName = useNameOf(useCarriers())
  const rows = [
    [t('wishedWarehouse'), warehouse && warehouseName(warehouse)],
    [t('wishedCarrier'), carrier && carrierName(carrier)],
    [t('remark'), remark],
    [t('urgent'), isUrgent ? '✓' : ''],
    [t('alone'), isAlone ? '✓' : ''],
  ].filter(([, value]) => value)
  if (rows.length === 0) return null
  return (
    <Panel title={t('wishes')}>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
