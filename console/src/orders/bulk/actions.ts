import type { Right } from '@/api/me'
import type { bulkWords } from './words'

type Word = (typeof bulkWords)['keys'][number]

export type Parameter =
  'note' | 'warehouse' | 'carrier' | 'sku' | 'quantity' | 'flag' | 'stops' | 'kind' | 'lines' | 'expires_at'

export interface Action {
  action: Word
  right: Right
  /** The key that starts it. */
  key?: string
  parameters: readonly Parameter[]
  isDanger?: boolean
  /** Cannot be taken back, and what can be done instead: said before the click. */
  warning?: Word
  /** Shown as a button; the others are in the menu. */
  isFirst?: boolean
}

/** What can be done to many orders at once: one line here is one entry of the bar, its dialog and its key. */
export const ACTIONS: readonly Action[] = [
  { action: 'audit', right: 'audit', key: 'a', parameters: ['note'], isFirst: true },
  { action: 'hold', right: 'hold', key: 'h', parameters: ['note', 'stops', 'expires_at'], isFirst: true },
  { action: 'release_hold', right: 'hold', key: 'shift+h', parameters: ['note'] },
  { action: 'change_warehouse', right: 'edit_order', key: 'w', parameters: ['warehouse'], isFirst: true },
  { action: 'merge', right: 'merge', key: 'm', parameters: [], isFirst: true },
  { action: 'print', right: 'print', key: 'p', parameters: [], isFirst: true },
  { action: 'mark_printed', right: 'print', parameters: ['kind'] },
  { action: 'change_carrier', right: 'edit_order', parameters: ['carrier'] },
  { action: 'release', right: 'force', parameters: ['note'] },
  { action: 'un_merge', right: 'merge', parameters: [] },
  { action: 'split', right: 'merge', parameters: ['lines'] },
  { action: 'add_gift', right: 'edit_order', parameters: ['sku', 'quantity'] },
  { action: 'flag', right: 'edit_order', key: 'f', parameters: ['flag'] },
  { action: 'export', right: 'export', key: 'shift+e', parameters: [] },
  { action: 'cancel', right: 'cancel', parameters: ['note'], isDanger: true, warning: 'cancelIsFinal' },
]

/** Units of one line that shall travel on their own. */
export interface SplitLine {
  line_no: number
  quantity: number
}

/** `lines` left out: every line travels alone. */
export type Values = Partial<Record<Exclude<Parameter, 'lines'>, string | number>> & { lines?: readonly SplitLine[] }

/** They say why if they like. */
const NOTE_OPTIONAL: ReadonlySet<Word> = new Set(['audit', 'release_hold'])
const OPTIONAL: ReadonlySet<Parameter> = new Set(['flag', 'stops', 'quantity', 'kind', 'expires_at'])
const FIRST: Values = { quantity: 1, flag: 1, stops: 1, kind: 'pick_list' }

/** Of one order one chooses what to split off; of many every line travels alone. */
export function firstValues(action: Action, orders: number): Values {
  const found = Object.fromEntries(
    action.parameters.flatMap((name) => (name in FIRST ? [[name, FIRST[name]]] : [])),
  ) as Values
  return action.parameters.includes('lines') && orders === 1 ? { ...found, lines: [] } : found
}

/** Whether enough is filled in to ask the server what would happen. */
export function isReady(action: Action, values: Values): boolean {
  const isOptional = (name: Parameter) => OPTIONAL.has(name) || (name === 'note' && NOTE_OPTIONAL.has(action.action))
  return action.parameters.every((name) =>
    name === 'lines' ? values.lines?.length !== 0 : isOptional(name) || String(values[name] ?? '').trim() !== '',
  )
}
