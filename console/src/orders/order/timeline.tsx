import { useState } from 'react'
import { instant, instantWhole } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { actorName } from '../actor'
import type { Step } from '../shapes'
import { orderWords } from '../words'
import styles from './timeline.module.css'

/** Each step with who and when; what was decided unfolds below it. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={styles.timeline}>
      {[...steps].reverse().map((step, index) => (
        <Entry key={steps.length - index} step={step} />
      ))}
    </ol>
  )
}

function Entry({ step }: { step: Step }) {
  const t = useWords(orderWords)
  const [isOpen, setOpen] = useState(false)
  const hasDetail = step.detail !== null && step.detail !== undefined
  return (
    <li className={styles.step} data-person={step.actor.startsWith('user:')}>
      <div className={styles.line}>
        <span className={styles.text}>{step.text}</span>
        <span className={styles.when} title={instantWhole(step.at)}>
          {instant(step.at)}
        </span>
      </div>
      <div className={styles.who}>
        <span title={step.actor}>{actorName(step.actor, t)}</span>
        {hasDetail && (
          <button
            type="button"
            className={styles.more}
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen)
            }}
          >
            {t('showDetail')}
          </button>
        )}
      </div>
      {isOpen && <pre className={styles.detail}>{JSON.stringify(step.detail, null, 1)}</pre>}
    </li>
  )
}
