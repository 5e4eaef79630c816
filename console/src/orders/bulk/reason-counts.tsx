import type { components } from '@/api/schema'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { bulkWords } from './words'
import styles from './bulk.module.css'

type Count = components['schemas']['RefusedCount']

interface Props {
  counts: readonly Count[]
  chosen?: string | null
  /** Shows the orders of one reason alone. */
  onChoose?: (reason: string | null) => void
}

/** How many orders were refused for what. */
export function ReasonCounts({ counts, chosen = null, onChoose }: Props) {
  const t = useWords(bulkWords)
  if (counts.length === 0) return null
  return (
    <ul className={styles.counts} aria-label={t('byReason')}>
      {counts.map(({ reason, text, count }) => (
        <li key={reason}>
          {onChoose ? (
            <button
              type="button"
              aria-pressed={chosen === reason}
              onClick={() => {
                onChoose(chosen === reason ? null : reason)
              }}
            >
              {text} <strong>{number(count)}</strong>
            </button>
          ) : (
            <span>
              {text} <strong>{number(count)}</strong>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
