import { Link } from 'react-router'
import { useEnum } from '@/api/enums'
import { Pill } from '@/frame/pill'
import { SideDrawer } from '@/frame/side-drawer'
import { useWords } from '@/i18n/words'
import { ExceptionActions } from './actions'
import { KIND_TONES, messagesOf, type Exception } from './shapes'
import { exceptionWords } from './words'
import styles from './exceptions.module.css'

interface Props {
  row: Exception
  onAddress: (row: Exception) => void
  onClose: () => void
}

/** What stands in the drawer's place for an exception that is about no order: a message, a call. */
export function OtherDrawer({ row, onAddress, onClose }: Props) {
  const t = useWords(exceptionWords)
  const kind = useEnum('exception_kind')
  return (
    <SideDrawer
      name={<span className="mono">{row.order_no || row.ref_id}</span>}
      tab={row.order_no || row.ref_id}
      onClose={onClose}
    >
      <div className={styles.other}>
        <Pill tone={KIND_TONES[row.kind] ?? 'wait'}>{kind(row.kind)}</Pill>
        <strong>{row.text}</strong>
        <span>{row.next_step}</span>
        <span className="dim">{t('noOrder')}</span>
        <Link to={messagesOf(row)}>{t('toMessages')}</Link>
        <ExceptionActions key={row.id} row={row} onAddress={onAddress} />
      </div>
    </SideDrawer>
  )
}
