import { CloseOutlined, ExportOutlined } from '@ant-design/icons'
import { Button, Drawer, Skeleton } from 'antd'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
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
  const f = useWords(frameWords)
  const { data: order, isError, error, refetch } = useOrder(id)
  useKeys([{ key: 'escape', says: t('keyClose'), run: onClose }])
  return (
    <Drawer
      open
      mask={false}
      size="min(860px, 100vw)"
      closable={false}
      keyboard={false}
      focusable={{ trap: false }}
      onClose={onClose}
      styles={{ body: { padding: 0 }, header: { padding: '10px 16px' } }}
      title={
        <div className={styles.drawerHead}>
          <Link to={`/orders/${id}`} state={{ trail } satisfies TrailState} className="mono" title={t('openFull')}>
            {order?.order_no ?? '…'} <ExportOutlined />
          </Link>
          <span className={styles.space} />
          {order && <OrderActions key={order.id} order={order} hasKeys={hasKeys} />}
          <Button type="text" icon={<CloseOutlined />} aria-label={f('close')} onClick={onClose} />
        </div>
      }
    >
      <div className={styles.drawerBody}>
        {isError && <ProblemView problem={error} onAgain={() => void refetch()} />}
        {!order && !isError && <Skeleton active paragraph={{ rows: 12 }} />}
        {order && (
          // Keyed: what somebody was writing about one order never comes along to the next.
          <Fragment key={order.id}>
            <OrderHead order={order} />
            <OrderBody order={order} />
          </Fragment>
        )}
      </div>
    </Drawer>
  )
}
