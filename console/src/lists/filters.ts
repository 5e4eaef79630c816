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

/** Conditions that have a name together: those of a queue. */
export interface NamedFilters {
  name: string
  filters: readonly string[]
}

/** The name of the most of these conditions that have one; null where a chip of its own says as much: a single condition of one value. */
export function namedAmong(filters: readonly string[], named: readonly NamedFilters[]): NamedFilters | null {
  const isLong = (one: NamedFilters) => one.filters.length > 1 || one.filters.some((text) => text.includes('|'))
  const there = named.filter((one) => isLong(one) && one.filters.every((text) => filters.includes(text)))
  return there.sort((a, b) => b.filters.length - a.filters.length)[0] ?? null
}

/** Ended orders are listed by the time of placing, at most 31 days: this asks for the last 30. */
export const LAST_MONTH = 'placed_at:between:now-30d|now'
const ENDED: ReadonlySet<string> = new Set(['delivered', 'cancelled'])

/** The filters with a range of placing, where they ask for ended orders without saying of which days. */
export function withRange(filters: readonly Filter[]): readonly Filter[] {
  const asksForEnded = filters.some(
    (one) => one.field === 'state' && one.op === 'is' && one.values.some((v) => ENDED.has(v)),
  )
  const hasRange = filters.some((one) => one.field === 'placed_at' && one.op === 'between')
  if (!asksForEnded || hasRange) return filters
  const others = filters.filter((one) => one.field !== 'placed_at')
  return [...others, ...readFilters([LAST_MONTH])]
}
