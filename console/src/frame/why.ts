import type { ProblemBody } from '@/api/problems'
import type { Say } from '@/i18n/words'
import type { frameWords } from './words'

type FrameSay = Say<(typeof frameWords)['keys'][number]>

/** What a form takes for a field, in words, where that is not what the API takes. */
export type Takes = (field: string) => string | undefined

/** What is wrong with a field, and what would be right. */
export function whyOf(
  { field, text, detail, expected }: Omit<ProblemBody['errors'][number], 'reason'>,
  t: FrameSay,
  takes?: Takes,
): string {
  const what = expected && (takes?.(fieldOf(field)) ?? expected)
  return [text, detail, what && t('expected', { what })].filter(Boolean).join(' · ')
}

/** The record's own field of a place in what was sent: `rows[0].cut_off` is `cut_off`, `parts[2].code` is `parts`. */
export const fieldOf = (place: string): string => place.replace(/^rows\[\d+\]\./, '').replace(/[.[].*$/, '')
