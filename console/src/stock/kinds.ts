import type { Say } from '@/i18n/words'
import type { stockWords } from './words'

type StockSay = Say<(typeof stockWords)['keys'][number]>

const ENTRIES = {
  reserve: 'entry_reserve',
  unreserve: 'entry_unreserve',
  issue: 'entry_issue',
  receive: 'entry_receive',
  adjust: 'entry_adjust',
  move: 'entry_move',
  move_in: 'entry_move_in',
  move_out: 'entry_move_out',
  expect: 'entry_expect',
  opening: 'entry_opening',
  receipt: 'entry_receipt',
} as const

const DOCUMENTS = {
  entry: 'kind_entry',
  opening: 'kind_opening',
  adjustment: 'kind_adjustment',
  count: 'kind_count',
  transfer: 'kind_transfer',
  adjust: 'kind_adjustment',
} as const

export const entryName = (kind: string, t: StockSay) =>
  kind in ENTRIES ? t(ENTRIES[kind as keyof typeof ENTRIES]) : kind
export const documentKindName = (kind: string, t: StockSay) =>
  kind in DOCUMENTS ? t(DOCUMENTS[kind as keyof typeof DOCUMENTS]) : kind
