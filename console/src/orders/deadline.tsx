import { ClockCircleOutlined, FireFilled } from '@ant-design/icons'
import { useClock } from '@/frame/clock'
import { Moment } from '@/frame/moment'
import { countdown, duration, instant, secondsUntil } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { orderWords } from './words'
import styles from './deadline.module.css'

const SOON_S = 6 * 3_600
const NEAR_S = 600

/** Time left until the platform's deadline, to the second when it is near; once an order has left, only the instant. */
export function Deadline({ at, isOver = false }: { at: string | null | undefined; isOver?: boolean }) {
  if (!at) return <span className="dim">—</span>
  if (isOver) return <span className="dim">{instant(at)}</span>
  return <TimeLeft at={at} />
}

function TimeLeft({ at }: { at: string }) {
  const t = useWords(orderWords)
  const left = secondsUntil(at)
  const isNear = Math.abs(left) < NEAR_S
  useClock(isNear ? 'second' : 'minute')
  const kind = left < 0 ? 'late' : left < SOON_S ? 'soon' : 'calm'
  const time = isNear ? countdown(left) : duration(left)
  return (
    <Moment at={at} className={styles[kind]}>
      {kind === 'late' ? <FireFilled /> : kind === 'soon' ? <ClockCircleOutlined /> : null}{' '}
      {t(left < 0 ? 'overdue' : 'left', { time })}
    </Moment>
  )
}
