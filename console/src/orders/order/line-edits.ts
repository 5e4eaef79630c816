import type { Order, OrderLine } from '../shapes'

/** States in which an order may be edited: no warehouse has it yet. */
const EDITABLE = new Set(['received', 'audited', 'backordered', 'sourced'])
const EDITABLE_KINDS = new Set(['goods', 'bundle', 'gift'])

/** A line as it shall be sent; `sku` is the code of what is sent. */
export interface LineDraft {
  line_no: number
  quantity: number
  sku: string
}

export interface GiftDraft {
  key: number
  sku: string
  quantity: number
}

export interface LinesBody {
  lines: { line_no: number; quantity?: number; sku?: string }[]
  gifts: { sku: string; quantity: number }[]
}

export function isEditable(order: Pick<Order, 'state' | 'edits'>): boolean {
  return EDITABLE.has(order.state) && !order.edits.is_cancelled
}

export function editableLines(order: Pick<Order, 'lines'>): OrderLine[] {
  return order.lines.filter((line) => EDITABLE_KINDS.has(line.kind))
}

/** Units of a line that are to be sent; of a bundle, whole bundles. */
export function toSend(line: OrderLine, lines: readonly OrderLine[]): number {
  if (line.kind !== 'bundle') return line.quantity - line.cancelled
  const parts = lines.filter((part) => part.parent_line_no === line.line_no)
  const whole = parts.map((part) => Math.floor(((part.quantity - part.cancelled) * line.quantity) / part.quantity))
  return whole.length > 0 ? Math.min(...whole) : line.quantity
}

export function draftsOf(order: Pick<Order, 'lines'>): LineDraft[] {
  return editableLines(order).map((line) => ({
    line_no: line.line_no,
    quantity: toSend(line, order.lines),
    sku: line.sku_code ?? '',
  }))
}

/** What differs from the order, as the API takes it. An empty SKU means what was bought. */
export function bodyOf(
  order: Pick<Order, 'lines'>,
  drafts: readonly LineDraft[],
  gifts: readonly GiftDraft[],
): LinesBody {
  const before = new Map(draftsOf(order).map((draft) => [draft.line_no, draft]))
  const bought = new Map(order.lines.map((line) => [line.line_no, line.bought_sku_code]))
  const lines = drafts.flatMap((draft) => {
    const was = before.get(draft.line_no)
    const sku = draft.sku.trim()
    const isOther = sku !== '' && sku !== was?.sku
    if (!was || (!isOther && draft.quantity === was.quantity)) return []
    return [
      {
        line_no: draft.line_no,
        ...(draft.quantity === was.quantity ? {} : { quantity: draft.quantity }),
        ...(isOther ? { sku: sku === bought.get(draft.line_no) ? '' : sku } : {}),
      },
    ]
  })
  return {
    lines,
    gifts: gifts.filter((gift) => gift.sku.trim()).map((gift) => ({ sku: gift.sku.trim(), quantity: gift.quantity })),
  }
}

/** What takes a change back: the lines as they were, gifts that came with it left out. */
export function inverseOf(before: Pick<Order, 'lines'>, after: Pick<Order, 'lines'>): LinesBody {
  const known = new Set(before.lines.map((line) => line.line_no))
  const back = bodyOf(after, draftsOf(before), []).lines
  const gifts = after.lines.filter((line) => line.kind === 'gift' && !known.has(line.line_no))
  return { lines: [...back, ...gifts.map((gift) => ({ line_no: gift.line_no, quantity: 0 }))], gifts: [] }
}
