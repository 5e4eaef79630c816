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
  lines: { line_no: number; quantity?: number; sku?: string | null }[]
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

/** A line that two people changed, and not to the same: each such line is chosen by itself. */
export interface Clash {
  line_no: number
  mine: LineDraft
  theirs: LineDraft
}

export type Side = 'mine' | 'theirs'

const isSame = (a: LineDraft, b: LineDraft) => a.quantity === b.quantity && a.sku === b.sku

/** Which side of a clash a draft is: theirs as it stands, or mine. */
export function sideOf(clash: Clash, draft: LineDraft): Side {
  return isSame(clash.theirs, draft) && !isSame(clash.theirs, clash.mine) ? 'theirs' : 'mine'
}

/** The drafts with one line taken from one side; the other lines stay as they are. */
export function taken(drafts: readonly LineDraft[], clash: Clash, side: Side): LineDraft[] {
  return drafts.map((draft) => (draft.line_no === clash.line_no ? clash[side] : draft))
}

/** A line was changed by hand after the clash: that is what mine is from now on. */
export function clashesAfter(clashes: readonly Clash[], changed: LineDraft): Clash[] {
  return clashes.map((clash) => (clash.line_no === changed.line_no ? { ...clash, mine: changed } : clash))
}

/** Three-way: what I changed of a line stays mine, the rest is as it is now; `clashes` are lines that both changed, and not to the same. */
export function mergedDrafts(
  base: Pick<Order, 'lines'>,
  mine: readonly LineDraft[],
  now: Pick<Order, 'lines'>,
): { drafts: LineDraft[]; clashes: Clash[] } {
  const before = new Map(draftsOf(base).map((draft) => [draft.line_no, draft]))
  const wanted = new Map(mine.map((draft) => [draft.line_no, draft]))
  const clashes: Clash[] = []
  const drafts = draftsOf(now).map((theirs) => {
    const was = before.get(theirs.line_no)
    const my = wanted.get(theirs.line_no)
    if (!was || !my) return theirs
    const quantity = my.quantity === was.quantity ? theirs.quantity : my.quantity
    const sku = my.sku === was.sku ? theirs.sku : my.sku
    const isClash =
      (theirs.quantity !== was.quantity && quantity !== theirs.quantity) ||
      (theirs.sku !== was.sku && sku !== theirs.sku)
    const merged = { line_no: theirs.line_no, quantity, sku }
    if (isClash) clashes.push({ line_no: theirs.line_no, mine: merged, theirs })
    return merged
  })
  return { drafts, clashes }
}

/** What differs from the order, as the API takes it. A SKU of null means what was bought. */
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
        ...(isOther ? { sku: sku === bought.get(draft.line_no) ? null : sku } : {}),
      },
    ]
  })
  return {
    lines,
    gifts: gifts.filter((gift) => gift.sku.trim()).map((gift) => ({ sku: gift.sku.trim(), quantity: gift.quantity })),
  }
}

/** Steps of people, and the platform's word on what people edit. */
const EDIT_STEPS = new Set([
  'edited',
  'lines_edited',
  'receiver_edited',
  'receiver_restored',
  'platform_receiver_changed',
])

function editsOf({ timeline }: Pick<Order, 'timeline'>): number {
  return timeline.filter((one) => EDIT_STEPS.has(one.step)).length
}

/** Whether the one edit made on `before` is still the last one. */
export function isLatestEdit(before: Pick<Order, 'timeline'>, now: Pick<Order, 'timeline'>): boolean {
  return editsOf(now) === editsOf(before) + 1
}

type WithLines = Pick<Order, 'lines' | 'timeline'>

/** The lines as the change leaves them, if nothing else changes them: new gifts get the next numbers. */
function expectedOf(before: WithLines, body: LinesBody): LineDraft[] {
  const bought = new Map(before.lines.map((line) => [line.line_no, line.bought_sku_code]))
  const last = Math.max(0, ...before.lines.map((line) => line.line_no))
  const kept = draftsOf(before).map((draft) => {
    const change = body.lines.find((one) => one.line_no === draft.line_no)
    if (!change) return draft
    const { quantity = draft.quantity, sku = draft.sku } = change
    return { line_no: draft.line_no, quantity, sku: sku ?? bought.get(draft.line_no) ?? '' }
  })
  const gifts = body.gifts.map(({ sku, quantity }, index) => ({ line_no: last + 1 + index, quantity, sku }))
  return [...kept, ...gifts]
}

/** What takes this one change back: its lines as they were, its gifts left out. Null: somebody has edited since, or the lines are others now. */
export function inverseOf(before: WithLines, body: LinesBody, now: WithLines): LinesBody | null {
  const expected = expectedOf(before, body)
  if (!isLatestEdit(before, now) || JSON.stringify(draftsOf(now)) !== JSON.stringify(expected)) return null
  const was = new Map(draftsOf(before).map((draft) => [draft.line_no, draft]))
  const bought = new Map(now.lines.map((line) => [line.line_no, line.bought_sku_code]))
  const changed = new Set(body.lines.map((line) => line.line_no))
  const lines = expected.flatMap((is) => {
    const back = was.get(is.line_no)
    if (!back) return [{ line_no: is.line_no, quantity: 0 }]
    if (!changed.has(is.line_no)) return []
    return [
      {
        line_no: is.line_no,
        ...(back.quantity === is.quantity ? {} : { quantity: back.quantity }),
        ...(back.sku === is.sku ? {} : { sku: back.sku && back.sku !== bought.get(is.line_no) ? back.sku : null }),
      },
    ]
  })
  return { lines, gifts: [] }
}
