import { ExclamationCircleFilled } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { problemOf } from '@/api/problems'
import { useWords } from '@/i18n/words'
import { fieldNamed } from './field-names'
import { fieldOf, whyOf, type Takes } from './why'
import { frameWords } from './words'
import styles from './problem-view.module.css'

interface Props {
  problem: unknown
  onAgain?: () => void
  /** What the form calls a field of the record. */
  nameOf?: (field: string) => string | undefined
  takes?: Takes
  /** What was refused in this place's own words, instead of the fields that programs know. */
  says?: string
  /** What would do instead, behind `says`. */
  hint?: string
  /** The way out, where trying again is none. */
  action?: ReactNode
}

/** A refusal in place: what was refused, why, what would be right, and what to do next. */
export function ProblemView({ problem, onAgain, nameOf, takes, says, hint, action }: Props) {
  const t = useWords(frameWords)
  const { title, detail, errors, next_step: next, status, reason } = problemOf(problem)
  // What is not there, or not for this person, is no more so when it is asked for again.
  const isFinal = reason !== '' && (status === 403 || status === 404)
  return (
    <div className={styles.problem} role="alert">
      <ExclamationCircleFilled className={styles.icon} />
      <div className={styles.text}>
        <strong>{says ?? (title || t('noAnswer'))}</strong>
        {/* Our own refusals have a reason; an address the server knows nothing of has none. */}
        {status === 404 && !reason && <div>{t('notYet')}</div>}
        {detail && <div className={styles.why}>{detail}</div>}
        {hint && <div className={styles.why}>{hint}</div>}
        {(says ? [] : errors).map((error) => (
          <div key={error.field + error.reason} className={styles.why}>
            {nameOf?.(fieldOf(error.field)) ?? fieldNamed(error.field) ?? error.field}: {whyOf(error, t, takes)}
          </div>
        ))}
        {next && !says && (
          <div>
            <span className="dim">{t('nextStep')} · </span>
            {next}
          </div>
        )}
      </div>
      {action}
      {onAgain && !isFinal && (
        <Button size="small" onClick={onAgain}>
          {t('again')}
        </Button>
      )}
    </div>
  )
}
