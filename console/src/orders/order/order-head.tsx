import { useEnum } from '@/api/enums'
import { Pill } from '@/frame/pill'
import { instant, instantWhole, money } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useNameOf, useShops } from '@/masters/options'
import { Deadline } from '../deadline'
import { ORDER_TONES, type Order } from '../shapes'
import { orderWords } from '../words'
import { FlagButton } from './flag-button'
import styles from './order.module.css'

const GONE = new Set(['shipped', 'delivered', 'cancelled'])

/** State, deadline and the few facts one looks for first. */
export function OrderHead({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const state = useEnum('order_state')
  const reason = useEnum('reason')
  const shop = useNameOf(useShops())
  return (
    <div className={styles.head}>
      <Pill tone={ORDER_TONES[order.state] ?? 'quiet'}>{state(order.state)}</Pill>
      {order.waits_for && <Pill tone="wait">{reason(order.waits_for)}</Pill>}
      {order.edits.is_urgent && <Pill tone="bad">{t('urgent')}</Pill>}
      <FlagButton order={order} />
      {order.is_cod && <Pill tone="quiet">{t('cod')}</Pill>}
      <span>
        <span className="dim">{shop(order.shop_code)} · </span>
        <span className="mono">{order.platform_order_no}</span>
      </span>
      <span>
        <span className="dim">{t('paidMoney')} </span>
        <strong>{money(order.paid_minor, order.currency)}</strong>
      </span>
      <span title={instantWhole(order.placed_at)}>
        <span className="dim">{t('placed')} </span>
        {instant(order.placed_at)}
      </span>
      {order.ship_by_at && (
        <span>
          <span className="dim">{t('shipBy')} </span>
          <Deadline at={order.ship_by_at} isOver={GONE.has(order.state)} />
        </span>
      )}
    </div>
  )
}
