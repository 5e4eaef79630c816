import type { ReactNode } from 'react'
import { instantWhole } from '@/i18n/format'

interface Props {
  at: string
  className?: string
  /** How far away it is, in short. */
  children: ReactNode
}

/** A time told by its distance; the instant itself is a hover away, and is read out. */
export function Moment({ at, className, children }: Props) {
  const whole = instantWhole(at)
  return (
    <time dateTime={at} title={whole} className={className}>
      {children}
      <span className="visually-hidden">{`, ${whole}`}</span>
    </time>
  )
}
