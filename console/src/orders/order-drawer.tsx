import { ExportOutlined } from '@ant-design/icons'
import { Skeleton } from 'antd'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { troubleOf } from '@/frame/use-reading'
import { SideDrawer } from '@/frame/side-drawer'
import { useWords } from '@/i18n/words'
import { OrderActions } from './order/actions-bar'
import { OrderBody } from './order/order-body'
import { OrderHead } from './order/order-head'
import { useOrder } from './order/queries'
import type { TrailName, TrailState } from './trail'
import { orderWords } from './words'
import styles from './order/order.module.css'

interface Props {
  id: string
  /** The list beside it. */
  trail: TrailName
  /** The keys of the order are the drawer's: the list has none of its own for them. */
  hasKeys?: boolean
  onClose: () => void
}

/** One order beside the list; J and K go on to its neighbours, since the list keeps the keyboard. */
export function OrderDrawer({ id, trail, hasKeys, onClose }: Props) {
  const t = useWords(orderWords)
  const query = useOrder(id)
  const { data: order } = query
  const trouble = troubleOf(query)
  return (
    <SideDrawer
      isFlush
      closes={t('keyClose')}
      tab={order?.order_no}
      name={
        <Link to={`/orders/${id}`} state={{ trail } satisfies TrailState} className="mono" title={t('openFull')}>
          {order?.order_no ?? '…'} <ExportOutlined />
        </Link>
      }
      actions={order && <OrderActions key={order.id} order={order} hasKeys={hasKeys} />}
      onClose={onClose}
    >
      <div className={styles.drawerBody}>
        {trouble}
        {!order && !trouble && <Skeleton active paragraph={{ rows: 12 }} />}
        {order && (
          // Keyed: what somebody was writing about one order never comes along to the next.
          <Fragment key={order.id}>
            <OrderHead order={order} />
            <OrderBody order={order} />
          </Fragment>
        )}
      </div>
    </SideDrawer>
  )
}
