import { expect, it } from 'vitest'
import type { OrderLine } from '../shapes'
import { bodyOf, draftsOf, inverseOf, isEditable, toSend } from './line-edits'

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

it('tells only what differs, and what was bought by an empty SKU', () => {
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
      { line_no: 2, sku: '' },
    ],
    gifts: [{ sku: 'G', quantity: 2 }],
  })
})

it('counts whole bundles', () => {
  const bundle = line(1, { kind: 'bundle' })
  const parts = [line(2, { kind: 'part', parent_line_no: 1, quantity: 6, cancelled: 2 })]
  expect(toSend(bundle, [bundle, ...parts])).toBe(2)
})

it('takes a change back, with the gifts that came with it', () => {
  const before = { lines: [line(1)] }
  const after = {
    lines: [line(1, { cancelled: 2, sku_code: 'Y', bought_sku_code: 'X' }), line(2, { kind: 'gift', sku_code: 'G' })],
  }
  expect(inverseOf(before, after)).toEqual({
    lines: [
      { line_no: 1, quantity: 3, sku: '' },
      { line_no: 2, quantity: 0 },
    ],
    gifts: [],
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
