import { Pill } from '@/frame/pill'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'

/** Yes or no, told by icon and word. */
export function YesNo({ isYes }: { isYes: boolean }) {
  const f = useWords(frameWords)
  return <Pill tone={isYes ? 'good' : 'quiet'}>{f(isYes ? 'yes' : 'no')}</Pill>
}
