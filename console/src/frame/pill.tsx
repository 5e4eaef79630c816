import {
  CheckCircleFilled,
  ClockCircleFilled,
  CloseCircleFilled,
  MinusCircleFilled,
  PlayCircleFilled,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import styles from './pill.module.css'

export type Tone = 'good' | 'progress' | 'wait' | 'bad' | 'quiet'

const ICONS: Record<Tone, ReactNode> = {
  good: <CheckCircleFilled />,
  progress: <PlayCircleFilled />,
  wait: <ClockCircleFilled />,
  bad: <CloseCircleFilled />,
  quiet: <MinusCircleFilled />,
}

/** A state: colour, icon and word together, so that nobody needs to see the colour. */
export function Pill({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`${styles.pill} ${styles[tone] ?? ''}`} title={title}>
      <span aria-hidden className={styles.icon}>
        {ICONS[tone]}
      </span>
      <span className={styles.word}>{children}</span>
    </span>
  )
}
