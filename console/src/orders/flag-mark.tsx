import type { ReactNode } from 'react'
import { useFields } from '@/lists/queries'
import { fieldName, valueName } from '@/lists/filter-words'
import { capital } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { listWords } from '@/lists/words'
import styles from './flag-mark.module.css'

export const FLAGS = [1, 2, 3, 4, 5] as const

/** Each flag has a shape of its own: nobody needs to see its colour. */
const SHAPES: Record<number, ReactNode> = {
  1: <path d="M3 1v14h2V9l9-4-9-4z" />,
  2: <circle cx="8" cy="8" r="6" />,
  3: <rect x="2.5" y="2.5" width="11" height="11" rx="1" />,
  4: <path d="M8 1l7 7-7 7-7-7z" />,
  5: <path d="M8 1l2.1 4.6 5 .5-3.8 3.4 1.1 5L8 12l-4.4 2.5 1.1-5L.9 6.1l5-.5z" />,
}

interface Props {
  flag: number
  /** Said in place of the shape where no word stands beside it. */
  name?: string
}

export function FlagMark({ flag, name }: Props) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={styles.mark}
      data-flag={flag}
      role={name ? 'img' : undefined}
      aria-label={name}
      aria-hidden={name ? undefined : true}
    >
      {name && <title>{name}</title>}
      {SHAPES[flag]}
    </svg>
  )
}

/** The shape with its word. */
export function FlagName({ flag, name }: Required<Props>) {
  return (
    <span className={styles.named}>
      {flag > 0 && <FlagMark flag={flag} />} {capital(name)}
    </span>
  )
}

/** Flags in words: the colour, and what it means to the merchant. */
export function useFlagNames(): { title: string; name: (flag: number) => string } {
  const l = useWords(listWords)
  const field = useFields('orders').find((one) => one.name === 'flag')
  return {
    title: field ? fieldName(field) : '',
    name: (flag) => (field ? valueName(field, String(flag), l) : String(flag)),
  }
}
