import type { components } from '@/api/schema'
import { Pill, type Tone } from '@/frame/pill'
import { useWords } from '@/i18n/words'
import { healthWords } from './words'

export type PartState = components['schemas']['PartView']['state']

export const PART_TONES: Record<PartState, Tone> = { good: 'good', slow: 'wait', broken: 'bad' }
const WORD_OF = { good: 'good', slow: 'warn', broken: 'bad' } as const

/** How a part is: the server says so, and every page with the same words. */
export function PartPill({ state, isOff = false }: { state: PartState; isOff?: boolean }) {
  const t = useWords(healthWords)
  return isOff ? (
    <Pill tone="quiet">{t('switchedOff')}</Pill>
  ) : (
    <Pill tone={PART_TONES[state]}>{t(WORD_OF[state])}</Pill>
  )
}
