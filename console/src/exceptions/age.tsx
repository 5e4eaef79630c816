import { useClock } from '@/frame/clock'
import { duration, instantWhole, secondsUntil } from '@/i18n/format'

/** How long it waits by now. */
export function Age({ since }: { since: string }) {
  useClock('minute')
  return <span title={instantWhole(since)}>{ageOf(since)}</span>
}

/** The same as plain words, for copies. */
export function ageOf(since: string): string {
  return duration(Math.max(0, -secondsUntil(since)))
}
