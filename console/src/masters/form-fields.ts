import type { ReactNode } from 'react'

export type FieldKind =
  'text' | 'area' | 'number' | 'decimal' | 'money' | 'flag' | 'select' | 'many' | 'tags' | 'pairs' | 'time'

/** One field of a form: what it is called in the record and on the screen. */
export interface FormField {
  name: string
  label: string
  kind: FieldKind
  options?: readonly { value: string | number; label: string }[]
  hint?: string
  isRequired?: boolean
  /** Can't be changed once the record exists. */
  isFixed?: boolean
  isShown?: (values: Values) => boolean
  /** What is shown below it, such as what its codes mean. */
  below?: (values: Values) => ReactNode
}

export type Values = Record<string, unknown>

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
