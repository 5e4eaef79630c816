import { expect, test } from 'vitest'
import { ACTIONS, firstValues, isReady } from './actions'
import { splittable } from './split-lines'

const line = (line_no: number, quantity: number, shipped = 0, cancelled = 0) => ({
  line_no,
  quantity,
  shipped,
  cancelled,
})

test('what no warehouse has yet can be split off, added up over fulfilments', () => {
  const order = {
    lines: [1, 2, 3].map((line_no) => ({ line_no, sku_code: `S${line_no}`, sku_name: `Goods ${line_no}`, title: '' })),
    fulfilments: [
      { state: 'planned', lines: [line(1, 3, 0, 1), line(2, 1)] },
      { state: 'planned', lines: [line(1, 1)] },
      { state: 'released', lines: [line(3, 5)] },
    ],
  }
  expect(splittable(order as never).map((one) => [one.code, one.units])).toEqual([
    ['S1', 3],
    ['S2', 1],
  ])
})

test('of one order something must be chosen, or every line travels alone', () => {
  const split = ACTIONS.find((one) => one.action === 'split')
  if (!split) throw new Error('no split')
  expect(firstValues(split, 1)).toEqual({ lines: [] })
  expect(firstValues(split, 2)).toEqual({})
  expect([
    isReady(split, { lines: [] }),
    isReady(split, {}),
    isReady(split, { lines: [{ line_no: 1, quantity: 1 }] }),
  ]).toEqual([false, true, true])
})
