import type { ProblemBody } from '@/api/problems'
import type { Say } from '@/i18n/words'
import type { frameWords } from './words'

type FrameSay = Say<(typeof frameWords)['keys'][number]>

/** What is wrong with a field, and what would be right. */
export function whyOf({ text, detail, expected }: ProblemBody['errors'][number], t: FrameSay): string {
  return [text, detail, expected && t('expected', { what: expected })].filter(Boolean).join(' · ')
}

/** The record's own field of a place in what was sent: `rows[0].cut_off` is `cut_off`, `parts[2].code` is `parts`. */
export const fieldOf = (place: string): string => place.replace(/^rows\[\d+\]\./, '').replace(/[.[].*$/, '')
