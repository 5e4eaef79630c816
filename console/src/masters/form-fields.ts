import type { ReactNode } from 'react'
import type { Takes } from '@/frame/why'
import type { Say } from '@/i18n/words'
import type { masterWords } from './words'

/** Minor units in the amounts that people write. */
export const MINOR = 100
/** The highest cost that a record may hold, in minor units, as the API says. */
export const COST_MOST = 1_000_000_000

export type FieldKind =
  'text' | 'area' | 'number' | 'decimal' | 'money' | 'flag' | 'select' | 'many' | 'tags' | 'pairs' | 'time'

/** One field of a form: what it is called in the record and on the screen. */
export interface FormField {
  name: string
  label: string
  kind: FieldKind
  options?: readonly { value: string | number; label: string }[]
  hint?: string
  /** What people write in it is longer than most: it has the room of two. */
  isLong?: boolean
  /** What nothing means here, where that is more than nothing: no shop chosen is every shop. */
  none?: string
  isRequired?: boolean
  /** Can't be changed once the record exists. */
  isFixed?: boolean
  isShown?: (values: Values) => boolean
  /** What is shown below it, such as what its codes mean. */
  below?: (values: Values) => ReactNode
}

export type Values = Record<string, unknown>

/** What fields of money take: the API is sent minor units, and expects those. */
export function takesOf(fields: readonly FormField[], t: Say<(typeof masterWords)['keys'][number]>): Takes {
  const amount = (minor: number) => (minor / MINOR).toLocaleString('en-GB', { minimumFractionDigits: 2 })
  const words = () => t('costExpected', { least: amount(0), most: amount(COST_MOST) })
  return (name) => (fields.some((field) => field.name === name && field.kind === 'money') ? words() : undefined)
}

/** A map as lines of name=value. */
export function pairsText(value: unknown): string {
  if (value === null || typeof value !== 'object') return ''
  return Object.entries(value)
    .map(([name, text]) => `${name}=${String(text)}`)
    .join('\n')
}

export function readPairs(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const] : []
  })
  return Object.fromEntries(pairs)
}

export function readTags(text: string): string[] {
  return text.split(/[\s,，、]+/).filter(Boolean)
}

/** Whether all that must be there is there. */
export function isComplete(fields: readonly FormField[], values: Values): boolean {
  return fields.every((field) => !field.isRequired || (values[field.name] ?? '') !== '')
}
