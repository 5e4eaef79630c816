import { businessNow } from './load'
import { say } from './words'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const SOON_MS = 4 * HOUR_MS

function lasting(ms: number): string {
  if (ms >= 2 * DAY_MS) return say('days', Math.floor(ms / DAY_MS))
  if (ms >= HOUR_MS) return say('hours', Math.floor(ms / HOUR_MS))
  return say('minutes', Math.floor(ms / MINUTE_MS))
}

/** How long it may still take, and how urgent that is. */
export function deadline(at: string | null | undefined): { text: string; look: '' | 'soon' | 'late' } {
  if (!at) return { text: '', look: '' }
  const ms = new Date(at).getTime() - businessNow()
  if (ms < 0) return { text: say('late', lasting(-ms)), look: 'late' }
  return { text: say('left', lasting(ms)), look: ms < SOON_MS ? 'soon' : '' }
}
