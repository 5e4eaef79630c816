import { useState } from 'react'
import { Link } from 'react-router'
import { instant, instantWhole } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Step } from '../shapes'
import { orderWords } from '../words'
import styles from './timeline.module.css'

type Change = Step['changes'][number]
type Fact = Step['facts'][number]

/** Each step as a sentence about who did it, with what was before and after; what else is known unfolds below it. */
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
  const links = step.facts.filter((fact) => fact.order_id !== null)
  const others = step.facts.filter((fact) => fact.order_id === null)
  return (
    <li className={styles.step} data-person={step.actor.startsWith('user:')}>
      <div className={styles.line}>
        <span className={styles.text}>
          <strong title={step.actor}>{step.actor_name}</strong> {step.sentence}
        </span>
        <span className={styles.when} title={instantWhole(step.at)}>
          {instant(step.at)}
        </span>
      </div>
      {step.changes.length > 0 && (
        <dl className={styles.facts}>
          {step.changes.map((change, index) => (
            <ChangeItem key={index} change={change} />
          ))}
        </dl>
      )}
      {links.length > 0 && <Facts facts={links} />}
      {others.length > 0 && (
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
      {isOpen && <Facts facts={others} />}
    </li>
  )
}

function ChangeItem({ change: { label, before, after } }: { change: Change }) {
  const t = useWords(orderWords)
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {before !== null && <del>{before}</del>}
        <span className={styles.arrow} role="img" aria-label={t('changedTo')}>
          →
        </span>
        <ins>{after}</ins>
      </dd>
    </div>
  )
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map((fact, index) => (
        <div key={index}>
          <dt>{fact.label}</dt>
          <dd title={fact.at ? instantWhole(fact.at) : undefined}>
            {fact.order_id ? <Link to={`/orders/${fact.order_id}`}>{fact.value}</Link> : fact.value || instant(fact.at)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
