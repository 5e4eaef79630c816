import { isNewer } from '@/api/problems'
import { useWords } from '@/i18n/words'
import { ProblemView } from './problem-view'
import type { Takes } from './why'
import { frameWords } from './words'

interface Props {
  problem: unknown
  /** Saves once more: where somebody was quicker, what he saved is then read again. None: what stands there cannot be saved. */
  onAgain?: () => void
  nameOf?: (field: string) => string | undefined
  takes?: Takes
}

/** Why an edit is not saved. That somebody was quicker stands here only where what he saved could not be read: nothing typed is lost, and one may try again. */
export function NotSaved({ problem, onAgain, nameOf, takes }: Props) {
  const t = useWords(frameWords)
  if (!problem) return null
  if (isNewer(problem))
    return <ProblemView problem={problem} says={t('clashUnread')} hint={t('clashUnreadHint')} onAgain={onAgain} />
  return <ProblemView problem={problem} nameOf={nameOf} takes={takes} />
}
