import { useClock } from '@/frame/clock'
import { Moment } from '@/frame/moment'
import { duration, secondsUntil } from '@/i18n/format'

/** How long it waits by now. */
export function Age({ since }: { since: string }) {
  useClock('minute')
  return <Moment at={since}>{ageOf(since)}</Moment>
}

/** The same as plain words, for copies. */
export function ageOf(since: string): string {
  return duration(Math.max(0, -secondsUntil(since)))
}
