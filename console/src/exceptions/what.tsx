import { useWords } from '@/i18n/words'
import { saidOf, type Exception } from './shapes'
import { exceptionWords } from './words'

/** What is the matter; of a remark that waits to be read its own words, whole when pointed at. */
export function What({ row }: { row: Exception }) {
  const t = useWords(exceptionWords)
  const said = saidOf(row, t)
  if (said.length === 0) return row.text
  return <span title={[...said, row.text].join('\n')}>{said.join(' · ')}</span>
}
