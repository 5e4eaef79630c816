import { describe, expect, it } from 'vitest'
import type { Order, OrderLine } from '../shapes'
import {
  bodyOf,
  clashesAfter,
  draftsOf,
  inverseOf,
  isEditable,
  isLatestEdit,
  mergedDrafts,
  sideOf,
  taken,
  toSend,
} from './line-edits'

function line(line_no: number, given: Partial<OrderLine> = {}): OrderLine {
  return {
    line_no,
    kind: 'goods',
    quantity: 3,
    cancelled: 0,
    sku_code: 'X',
    parent_line_no: null,
    ...given,
  } as OrderLine
}

function order(lines: OrderLine[], steps: string[] = []): Pick<Order, 'lines' | 'timeline'> {
  return { lines, timeline: ['received', ...steps, 'audited'].map((step) => ({ step }) as Order['timeline'][number]) }
}

it('tells only what differs, and what was bought by null', () => {
  const order = { lines: [line(1), line(2, { sku_code: 'Y', bought_sku_code: 'Z' }), line(3, { kind: 'service' })] }
  const [first, second] = draftsOf(order)
  if (!first || !second) throw new Error('two lines can be edited')
  expect(bodyOf(order, [first, second], [])).toEqual({ lines: [], gifts: [] })
  const body = bodyOf(
    order,
    [
      { ...first, quantity: 1 },
      { ...second, sku: 'Z' },
    ],
    [{ key: 1, sku: ' G ', quantity: 2 }],
  )
  expect(body).toEqual({
    lines: [
      { line_no: 1, quantity: 1 },
      { line_no: 2, sku: null },
    ],
    gifts: [{ sku: 'G', quantity: 2 }],
  })
})

it('counts whole bundles', () => {
  const bundle = line(1, { kind: 'bundle' })
  const parts = [line(2, { kind: 'part', parent_line_no: 1, quantity: 6, cancelled: 2 })]
  expect(toSend(bundle, [bundle, ...parts])).toBe(2)
})

describe('taking a change back', () => {
  const before = order([line(1), line(2, { sku_code: 'Z' })])
  const body = { lines: [{ line_no: 1, quantity: 1, sku: 'Y' }], gifts: [{ sku: 'G', quantity: 2 }] }
  const changed = line(1, { cancelled: 2, sku_code: 'Y', bought_sku_code: 'X' })
  const gift = line(3, { kind: 'gift', sku_code: 'G', quantity: 2 })
  const rest = line(2, { sku_code: 'Z' })

  it('gives the lines of this change and its gifts, nothing else', () => {
    expect(inverseOf(before, body, order([changed, rest, gift], ['lines_edited']))).toEqual({
      lines: [
        { line_no: 1, quantity: 3, sku: null },
        { line_no: 3, quantity: 0 },
      ],
      gifts: [],
    })
  })

  it('puts a replacement of before back, and none where there was none', () => {
    const was = order([line(1, { sku_code: 'Y', bought_sku_code: 'X' }), line(2, { sku_code: null })])
    const swap = {
      lines: [
        { line_no: 1, sku: 'Q' },
        { line_no: 2, sku: 'Q' },
      ],
      gifts: [],
    }
    const now = [line(1, { sku_code: 'Q', bought_sku_code: 'X' }), line(2, { sku_code: 'Q' })]
    expect(inverseOf(was, swap, order(now, ['lines_edited']))?.lines).toEqual([
      { line_no: 1, sku: 'Y' },
      { line_no: 2, sku: null },
    ])
  })

  it.each([
    ['a colleague added a gift', [changed, rest, gift, line(4, { kind: 'gift' })], ['lines_edited', 'lines_edited']],
    ['a colleague cut another line', [changed, line(2, { sku_code: 'Z', cancelled: 1 }), gift], ['lines_edited']],
    ['a colleague edited and edited back', [changed, rest, gift], ['lines_edited', 'lines_edited', 'lines_edited']],
    ['the address was edited since', [changed, rest, gift], ['lines_edited', 'receiver_edited']],
    ['the platform took units back', [line(1, { ...changed, cancelled: 3 }), rest, gift], ['lines_edited']],
  ])('is refused when %s', (_, lines, steps) => {
    expect(inverseOf(before, body, order(lines, steps))).toBeNull()
  })

  it('an address is taken back only if nobody edited since', () => {
    expect(isLatestEdit(before, order([], ['receiver_edited']))).toBe(true)
    expect(isLatestEdit(before, order([], ['receiver_edited', 'receiver_edited']))).toBe(false)
    expect(isLatestEdit(before, order([], ['receiver_edited', 'platform_receiver_changed']))).toBe(false)
  })
})

it.each([
  ['sourced', false, true],
  ['sourced', true, false],
  ['released', false, false],
  ['unpaid', false, false],
])('an order that is %s (to be cancelled: %s) may be edited: %s', (state, is_cancelled, expected) => {
  expect(isEditable({ state, edits: { is_cancelled } } as never)).toBe(expected)
})

describe('two people edit the lines of one order', () => {
  const base = order([line(1), line(2, { sku_code: 'Y' })])
  const [first = { line_no: 0, quantity: 0, sku: '' }, second = first] = draftsOf(base)

  it('takes what only one of them changed', () => {
    const now = order([line(1), line(2, { sku_code: 'Z' })])
    expect(mergedDrafts(base, [{ ...first, quantity: 1 }, second], now)).toEqual({
      drafts: [
        { ...first, quantity: 1 },
        { ...second, sku: 'Z' },
      ],
      clashes: [],
    })
  })

  it('keeps mine where both changed the same, and tells theirs', () => {
    const now = order([line(1, { cancelled: 2 }), line(2, { sku_code: 'Y' })])
    const { drafts, clashes } = mergedDrafts(base, [{ ...first, quantity: 2 }, second], now)
    expect(drafts[0]?.quantity).toBe(2)
    expect(clashes).toEqual([{ line_no: 1, mine: { ...first, quantity: 2 }, theirs: { ...first, quantity: 1 } }])
  })

  it('lets each of two lines that clash be chosen by itself, to and fro', () => {
    const now = order([line(1, { cancelled: 2 }), line(2, { sku_code: 'Z' })])
    const mine = [
      { ...first, quantity: 2 },
      { ...second, sku: 'Q' },
    ]
    const { drafts, clashes } = mergedDrafts(base, mine, now)
    const [one, other] = clashes
    if (!one || !other) throw new Error('both lines clash')
    expect(drafts).toEqual(mine)
    const mixed = taken(drafts, other, 'theirs')
    expect(mixed).toEqual([
      { ...first, quantity: 2 },
      { ...second, sku: 'Z' },
    ])
    expect(mixed.map((draft, index) => sideOf(index === 0 ? one : other, draft))).toEqual(['mine', 'theirs'])
    expect(bodyOf(now, mixed, []).lines).toEqual([{ line_no: 1, quantity: 2 }])
    expect(taken(mixed, other, 'mine')).toEqual(mine)
  })

  it('calls mine what was typed after the clash', () => {
    const now = order([line(1, { cancelled: 2 }), line(2, { sku_code: 'Y' })])
    const { clashes } = mergedDrafts(base, [{ ...first, quantity: 2 }, second], now)
    const typed = { ...first, quantity: 0 }
    expect(clashesAfter(clashes, typed)).toEqual([{ line_no: 1, mine: typed, theirs: { ...first, quantity: 1 } }])
  })
})
