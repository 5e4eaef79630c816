import { Button, Input, Popover } from 'antd'
import { useState } from 'react'
import { useMay } from '@/api/me'
import { Pill } from '@/frame/pill'
import { toast, toastProblem } from '@/frame/toasts'
import { instant, instantWhole } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Hold, Order } from '../shapes'
import { orderWords } from '../words'
import { useHoldAgain, useOrderCommands } from './queries'
import styles from './order.module.css'

/** What holds this order, why, and what to do about it; closed holds below, quiet. */
export function Holds({ order }: { order: Order }) {
  const open = order.holds.filter((hold) => hold.closed_at === null)
  const closed = order.holds.filter((hold) => hold.closed_at !== null)
  return (
    <ul className={styles.holds}>
      {[...open, ...closed].map((hold) => (
        <HoldItem key={hold.id} hold={hold} order={order} />
      ))}
    </ul>
  )
}

function HoldItem({ hold, order }: { hold: Hold; order: Order }) {
  const t = useWords(orderWords)
  const isOpen = hold.closed_at === null
  return (
    <li className={styles.hold}>
      <div className={styles.holdText}>
        <Pill tone={isOpen ? 'wait' : 'quiet'}>{hold.text || hold.reason}</Pill>{' '}
        <span className="dim" title={hold.origin}>
          {t(hold.stops === 2 ? 'stopsRelease' : 'stopsAll')} ·{' '}
          {t('openedBy', { who: hold.origin_name || hold.origin, at: instant(hold.opened_at) })}
        </span>
        {isOpen && hold.expires_at && (
          <span className="dim" title={instantWhole(hold.expires_at)}>
            {' '}
            · {t('heldUntil', { at: instant(hold.expires_at) })}
          </span>
        )}
        {hold.note && <div>{hold.note}</div>}
        {isOpen && hold.next_step && <div>→ {hold.next_step}</div>}
        {!isOpen && (
          <div className="dim">
            {t('release')} ·{' '}
            {t('openedBy', { who: hold.closed_by_name || hold.closed_by, at: instant(hold.closed_at) })}
            {hold.close_note && ` · ${hold.close_note}`}
          </div>
        )}
      </div>
      {isOpen && <ReleaseButton hold={hold} order={order} />}
    </li>
  )
}

function ReleaseButton({ hold, order }: { hold: Hold; order: Order }) {
  const t = useWords(orderWords)
  const may = useMay()
  const { release } = useOrderCommands(order)
  const holdAgain = useHoldAgain(order)
  const [note, setNote] = useState('')
  const [isOpen, setOpen] = useState(false)
  if (!may(hold.reason === 'held_by_person' ? 'hold' : 'audit') && !may('force')) return null
  function go(): void {
    release.mutate(
      { note, reasons: [hold.reason] },
      {
        onSuccess: () => {
          setOpen(false)
          toast(t('released', { no: order.order_no }), {
            undo: () => {
              holdAgain.mutate({ note: hold.note || note, stops: hold.stops })
            },
          })
        },
        onError: toastProblem,
      },
    )
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={isOpen}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <form
          className={styles.noteForm}
          onSubmit={(event) => {
            event.preventDefault()
            if (note.trim()) go()
          }}
        >
          <label>
            {t('note')}
            <Input
              autoFocus
              maxLength={500}
              value={note}
              onChange={(event) => {
                setNote(event.target.value)
              }}
            />
          </label>
          <Button type="primary" htmlType="submit" disabled={!note.trim()} loading={release.isPending}>
            {t('release')}
          </Button>
        </form>
      }
    >
      <Button size="small">{t(hold.reason === 'held_by_person' ? 'releaseHold' : 'release')}</Button>
    </Popover>
  )
}
