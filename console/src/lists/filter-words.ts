import { instant, money } from '@/i18n/format'
import { language } from '@/i18n/start'
import type { Say } from '@/i18n/words'
import type { Field, Filter } from './filters'
import type { listWords } from './words'

type ListSay = Say<(typeof listWords)['keys'][number]>

const OPERATORS = [
  'is',
  'not',
  'starts',
  'contains',
  'at_least',
  'at_most',
  'from',
  'before',
  'between',
  'none',
] as const
type Operator = (typeof OPERATORS)[number]
const isOperator = (op: string): op is Operator => (OPERATORS as readonly string[]).includes(op)

export function fieldName(field: Field): string {
  return language() === 'zh' ? field.zh : field.en
}

export function operatorName(op: string, t: ListSay): string {
  return isOperator(op) ? t(op) : op
}

const RELATIVE = /^now(?:([+-])(\d+)([mhd]))?$/

const UNITS = { m: 'unitMinute', h: 'unitHour', d: 'unitDay' } as const

function relative(value: string, t: ListSay): string {
  const found = RELATIVE.exec(value)
  if (!found) return instant(value)
  return found[1]
    ? `${t('nowWord')} ${found[1] === '-' ? '−' : '+'} ${found[2]} ${t(UNITS[found[3] as keyof typeof UNITS])}`
    : t('nowWord')
}

/** One value of a filter in words. */
export function valueName(field: Field, value: string, t: ListSay): string {
  if (field.kind === 'flag' || value === 'true' || value === 'false') return value === 'true' ? t('yes') : t('no')
  if (field.kind === 'money') return money(Number(value))
  if (field.kind === 'instant') return relative(value, t)
  const word = field.values?.find((one) => one.code === value)
  return word ? (language() === 'zh' ? word.zh : word.en) : value
}

export function filterName(field: Field | undefined, filter: Filter, t: ListSay): string {
  if (!field) return `${filter.field} ${filter.op} ${filter.values.join(', ')}`
  const shown = filter.values.slice(0, 3).map((value) => valueName(field, value, t))
  const rest = filter.values.length > 3 ? ` +${filter.values.length - 3}` : ''
  return `${operatorName(filter.op, t)} ${shown.join(language() === 'zh' ? '、' : ', ')}${rest}`.trim()
}

/** A condition as its chip says it: the field, then what is wanted of it. */
export function chipText(fields: readonly Field[], filter: Filter, t: ListSay): string {
  const field = fields.find((one) => one.name === filter.field)
  return `${field ? fieldName(field) : filter.field} ${filterName(field, filter, t)}`
}
