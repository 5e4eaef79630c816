import { expect, test } from 'vitest'
import { isSame, LAST_MONTH, namedAmong, readFilter, readFilters, withRange, writeFilter } from './filters'

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

test('conditions of a queue are called by its name, with others beside them; a single one says it itself', () => {
  const named = [
    { name: 'overdue', filters: ['is_overdue:is:true'] },
    { name: 'some', filters: ['hold:is:a|b'] },
    { name: 'all', filters: ['hold:is:a|b', 'state:is:received'] },
  ]
  expect(namedAmong(['hold:is:a|b', 'state:is:received', 'shop:is:S1'], named)?.name).toBe('all')
  expect(namedAmong(['hold:is:a|b'], named)?.name).toBe('some')
  expect(namedAmong(['is_overdue:is:true'], named)).toBeNull()
  expect(namedAmong(['hold:is:a'], named)).toBeNull()
})
