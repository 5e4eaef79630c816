import type { ReactNode } from 'react'
import styles from './pill.module.css'

export type Tone = 'good' | 'progress' | 'wait' | 'bad' | 'quiet'

/** What is cut out of a filled circle, in a square of 16. Plain drawings: an icon component costs a row of the grid as much as all its words. */
const SIGNS: Record<Tone, string> = {
  good: 'M4.7 8.2 7.1 10.6 11.3 5.8',
  progress: 'M6.7 5.2 10.7 8 6.7 10.8Z',
  wait: 'M8 4.4V8.2L10.5 9.8',
  bad: 'M5.5 5.5 10.5 10.5M10.5 5.5 5.5 10.5',
  quiet: 'M4.8 8H11.2',
}
const DISC = 'M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Z'
const ICONS = Object.fromEntries(
  Object.entries(SIGNS).map(([tone, sign]) => [
    tone,
    <svg key={tone} viewBox="0 0 16 16" aria-hidden className={styles.icon}>
      <path d={DISC} />
      <path d={sign} className={styles.sign} />
    </svg>,
  ]),
) as Record<Tone, ReactNode>

/** A state: colour, icon and word together, so that nobody needs to see the colour. */
export function Pill({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`${styles.pill} ${styles[tone] ?? ''}`} title={title}>
      {ICONS[tone]}
      <span className={styles.word}>{children}</span>
    </span>
  )
}
