import { Button, Modal, Progress } from 'antd'
import { useEnum } from '@/api/enums'
import { useKeys } from '@/frame/keys'
import { Pill, type Tone } from '@/frame/pill'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { KindName } from './kind-name'
import type { Replayed, Result, useReplaying } from './replaying'
import { healthWords } from './words'
import styles from './messages.module.css'

const SHOWN_MAX = 200
/** As they are told, what needs a look first. */
const RESULTS: readonly Result[] = ['unreadable', 'unsent', 'missing', 'waiting', 'own', 'waited', 'read']
const TONES: Record<Result, Tone> = {
  unreadable: 'bad',
  unsent: 'bad',
  missing: 'bad',
  waiting: 'wait',
  own: 'quiet',
  waited: 'quiet',
  read: 'good',
}

interface Props {
  work: ReturnType<typeof useReplaying>
  onClose: () => void
}

/** Many messages read again: how far it is, and what became of each. */
export function ReplayDialog({ work, onClose }: Props) {
  const t = useWords(healthWords)
  useKeys([], { isModal: true })
  const { rows, isSending } = work
  const count = (result: Result) => rows.filter((row) => row.result === result).length
  const [waiting, unsent] = [count('waiting'), count('unsent')]
  const isMoving = isSending || waiting > 0
  const unread = rows.filter((row) => row.result === 'unreadable').map((row) => row.id)
  const told = RESULTS.filter((result) => count(result) > 0 && !(isSending && result === 'unsent'))
  return (
    <Modal
      open
      width={760}
      title={t('replaying', { count: rows.length })}
      // Until all parts are sent off nobody may lose sight of them by a key or a click beside.
      closable={!isSending}
      onCancel={() => {
        if (!isSending) onClose()
      }}
      footer={
        <>
          {(work.canStop || work.isStopping) && (
            <Button disabled={work.isStopping} onClick={work.stop}>
              {t('stop')}
            </Button>
          )}
          {unsent > 0 && !isSending && (
            <Button onClick={() => void work.sendRest()}>{t('replayRest', { count: unsent })}</Button>
          )}
          {unread.length > 0 && (
            <Button disabled={isMoving} onClick={() => void work.start(unread)}>
              {t('replayUnread', { count: unread.length })}
            </Button>
          )}
          <Button type="primary" disabled={isSending} onClick={onClose}>
            {t('close')}
          </Button>
        </>
      }
    >
      <Progress
        aria-label={t('progress')}
        percent={Math.floor(((rows.length - waiting - unsent) / Math.max(1, rows.length)) * 100)}
        status={isMoving ? 'active' : unsent + unread.length > 0 ? 'exception' : 'success'}
      />
      <p role="status">{told.map((result) => `${t(result)} ${number(count(result))}`).join(' · ')}</p>
      <div className={styles.results} tabIndex={0}>
        <Results rows={rows} />
      </div>
      {rows.length > SHOWN_MAX && <p className="dim">{t('firstResults', { count: SHOWN_MAX })}</p>}
    </Modal>
  )
}

function Results({ rows }: { rows: readonly Replayed[] }) {
  const t = useWords(healthWords)
  const reason = useEnum('reason')
  const shown = [...rows].sort((a, b) => RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result)).slice(0, SHOWN_MAX)
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('kind')}</th>
          <th>{t('key')}</th>
          <th>{t('result')}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ id, message, result }) => (
          <tr key={id}>
            <td>{message && <KindName kind={message.kind} />}</td>
            <td className="mono">{message?.business_key ?? id}</td>
            <td>
              <Pill tone={TONES[result]}>{t(result)}</Pill> {result === 'unreadable' && reason(message?.reason)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
