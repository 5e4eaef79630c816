import { ClockCircleOutlined, FireFilled } from '@ant-design/icons'
import { useSyncExternalStore } from 'react'
import { duration, instant, instantWhole, secondsUntil } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { orderWords } from './words'
import styles from './deadline.module.css'

const SOON_S = 6 * 3_600
const EVERY_MS = 30_000

function everyHalfMinute(listener: () => void): () => void {
  const timer = window.setInterval(listener, EVERY_MS)
  return () => {
    window.clearInterval(timer)
  }
}

const halfMinute = () => Math.floor(Date.now() / EVERY_MS)

/** Time left until the platform's deadline; once an order has left, only the instant. */
export function Deadline({ at, isOver = false }: { at: string | null | undefined; isOver?: boolean }) {
  const t = useWords(orderWords)
  useSyncExternalStore(everyHalfMinute, halfMinute)
  if (!at) return <span className="dim">—</span>
  if (isOver) return <span className="dim">{instant(at)}</span>
  const left = secondsUntil(at)
  const kind = left < 0 ? 'late' : left < SOON_S ? 'soon' : 'calm'
  const time = duration(left)
  return (
    <span className={styles[kind]} title={instantWhole(at)}>
      {kind === 'late' ? <FireFilled /> : kind === 'soon' ? <ClockCircleOutlined /> : null}{' '}
      {t(left < 0 ? 'overdue' : 'left', { time })}
    </span>
  )
}
