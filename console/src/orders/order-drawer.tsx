import { CloseOutlined, ExportOutlined } from '@ant-design/icons'
import { Button, Drawer, Skeleton } from 'antd'
import { Link } from 'react-router'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { OrderActions } from './order/actions-bar'
import { OrderBody } from './order/order-body'
import { OrderHead } from './order/order-head'
import { useOrder } from './order/queries'
import { orderWords } from './words'
import styles from './order/order.module.css'

/** One order beside the list; J and K go on to its neighbours, since the list keeps the keyboard. */
export function OrderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
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
          <Link to={`/orders/${id}`} className="mono" title={t('openFull')}>
            {order?.order_no ?? '…'} <ExportOutlined />
          </Link>
          <span className={styles.space} />
          {order && <OrderActions order={order} />}
          <Button type="text" icon={<CloseOutlined />} aria-label={f('close')} onClick={onClose} />
        </div>
      }
    >
      <div className={styles.drawerBody}>
        {isError && <ProblemView problem={error} onAgain={() => void refetch()} />}
        {!order && !isError && <Skeleton active paragraph={{ rows: 12 }} />}
        {order && (
          <>
            <OrderHead order={order} />
            <OrderBody order={order} />
          </>
        )}
      </div>
    </Drawer>
  )
}
