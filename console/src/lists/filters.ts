import type { components } from '@/api/schema'

/** One condition of a list, as it stands in the URL: `field:op:value|value`. */
export interface Filter {
  field: string
  op: string
  values: string[]
}

export type Field = components['schemas']['FieldView']

export function writeFilter({ field, op, values }: Filter): string {
  return `${field}:${op}:${values.join('|')}`
}

/** null for a text that is no filter: somebody changed the URL by hand. */
export function readFilter(text: string): Filter | null {
  const [field, op, ...rest] = text.split(':')
  if (!field || !op) return null
  const joined = rest.join(':')
  return { field, op, values: joined === '' ? [] : joined.split('|') }
}

export function readFilters(texts: readonly string[]): Filter[] {
  return texts.flatMap((text) => {
    const filter = readFilter(text)
    return filter === null ? [] : [filter]
  })
}

export function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n')
}
