import type { ReactNode } from 'react'
import styles from './pill.module.css'

export type Tone = 'good' | 'progress' | 'wait' | 'bad' | 'quiet'

/** What is cut out of a filled circle, in a square of 16. One path each: an icon component costs a row of the grid as much as all its words. */
const SIGNS: Record<Tone, string> = {
  good: 'M3.7 8.5 7.1 11.9 12.3 6 11 4.8 7.1 9.3 5 7.2Z',
  progress: 'M6.1 4.3 11.7 8 6.1 11.7Z',
  wait: 'M7.1 3.9V8.7L10.5 10.9 11.4 9.3 8.9 7.7V3.9Z',
  bad: 'M5.7 11.5 8 9.3 10.3 11.5 11.5 10.3 9.3 8 11.5 5.7 10.3 4.5 8 6.7 5.7 4.5 4.5 5.7 6.7 8 4.5 10.3Z',
  quiet: 'M4.5 7.1H11.5V8.9H4.5Z',
}
const DISC = 'M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Z'
const ICONS = Object.fromEntries(
  Object.entries(SIGNS).map(([tone, sign]) => [
    tone,
    <svg key={tone} viewBox="0 0 16 16" aria-hidden className={styles.icon}>
      <path d={DISC + sign} />
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
