import { CloseOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { Link } from 'react-router'
import { useEnum } from '@/api/enums'
import { useKeys } from '@/frame/keys'
import { Pill } from '@/frame/pill'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import order from '@/orders/order/order.module.css'
import { ExceptionActions } from './actions'
import { KIND_TONES, type Exception } from './shapes'
import { exceptionWords } from './words'
import styles from './exceptions.module.css'

/** Where its messages are read. */
export function messagesOf(row: Exception): string {
  return row.order_no ? `/messages?key=${encodeURIComponent(row.order_no)}` : '/messages'
}

/** What stands in the drawer's place for an exception that is about no order: a message, a call. */
export function OtherDrawer({ row, onClose }: { row: Exception; onClose: () => void }) {
  const t = useWords(exceptionWords)
  const f = useWords(frameWords)
  const kind = useEnum('exception_kind')
  useKeys([{ key: 'escape', says: f('close'), run: onClose }])
  return (
    <Drawer
      open
      mask={false}
      size="min(860px, 100vw)"
      closable={false}
      keyboard={false}
      focusable={{ trap: false }}
      onClose={onClose}
      styles={{ header: { padding: '10px 16px' } }}
      title={
        <div className={order.drawerHead}>
          <span className="mono">{row.order_no || row.ref_id}</span>
          <span className={order.space} />
          <Button type="text" icon={<CloseOutlined />} aria-label={f('close')} onClick={onClose} />
        </div>
      }
    >
      <div className={styles.other}>
        <Pill tone={KIND_TONES[row.kind] ?? 'wait'}>{kind(row.kind)}</Pill>
        <strong>{row.text}</strong>
        <span>{row.next_step}</span>
        <span className="dim">{t('noOrder')}</span>
        <Link to={messagesOf(row)}>{t('toMessages')}</Link>
        <ExceptionActions row={row} />
      </div>
    </Drawer>
  )
}
