import { expect, test } from 'vitest'
import { isSame, LAST_MONTH, readFilter, readFilters, withRange, writeFilter } from './filters'

test.each([
  { field: 'state', op: 'is', values: ['received', 'audited'] },
  { field: 'placed_at', op: 'from', values: ['2026-11-11T00:00:00Z'] },
  { field: 'ship_by_at', op: 'none', values: ['true'] },
])('what is written is read again: $field', (filter) => {
  expect(readFilter(writeFilter(filter))).toEqual(filter)
})

test('what is no filter is left out', () => {
  expect(readFilters(['', 'state', 'state:is:paid'])).toHaveLength(1)
})

test('the same conditions in another order are the same view', () => {
  expect(isSame(['a:is:1', 'b:is:2'], ['b:is:2', 'a:is:1'])).toBe(true)
  expect(isSame(['a:is:1'], [])).toBe(false)
})

test('ended orders are asked for with a range of placing', () => {
  const [delivered] = readFilters(['state:is:received|delivered'])
  const texts = withRange(delivered ? [delivered] : []).map(writeFilter)
  expect(texts).toEqual(['state:is:received|delivered', LAST_MONTH])
  expect(withRange(readFilters(['state:is:received']))).toHaveLength(1)
})
