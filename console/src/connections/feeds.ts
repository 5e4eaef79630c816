import type { Shop } from '@/masters/shop-names'

export type Feed = Shop['feeds'][number]

export const FAILURES = {
  CallRefused: 'refusedCall',
  CallLater: 'laterCall',
  AnswerUnknown: 'unknownAnswer',
  BadInput: 'unreadableAnswer',
  SetupError: 'notSetUp',
  LeaseLost: 'takenOver',
} as const

export interface Failure {
  kind: keyof typeof FAILURES | ''
  /** Of the closed list; empty: none was given. */
  reason: string
  /** Method and code in the counterpart's own words. */
  code: string
}

/** The text kept of a failed read, taken apart: `CallRefused: method: code` or `BadInput: reason: place`. */
export function failureOf(text: string): Failure {
  const [kind = '', ...rest] = text.split(': ')
  if (!(kind in FAILURES)) return { kind: '', reason: '', code: text }
  const reason = kind === 'BadInput' ? (rest.shift() ?? '') : ''
  return { kind: kind as Failure['kind'], reason, code: rest.join(': ') }
}

/** Whether a person wants it read and it was not since. Instants are compared, not their spellings. */
export function isAwaited({ wanted_at: wanted, pulled_at: pulled }: Pick<Feed, 'wanted_at' | 'pulled_at'>): boolean {
  return Boolean(wanted) && (!pulled || Date.parse(pulled) < Date.parse(wanted ?? ''))
}
