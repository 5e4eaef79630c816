import '@/i18n/start'
import { expect, test } from 'vitest'
import { listOf, stateRows } from './shapes'

test('the link of a number carries every filter', () => {
  expect(listOf(['state:is:received', 'hold:is:remark_unread'])).toBe(
    '/orders?f=state%3Ais%3Areceived&f=hold%3Ais%3Aremark_unread',
  )
})

test('ages of one state stand in one row with their sum', () => {
  const rows = stateRows([
    { state: 'received', age: '6h', orders: 3, filters: ['a'] },
    { state: 'received', age: 'older', orders: 4, filters: ['b'] },
    { state: 'audited', age: '1d', orders: 1, filters: ['c'] },
  ])
  expect(rows.map((row) => [row.state, row.total])).toEqual([
    ['received', 7],
    ['audited', 1],
  ])
  expect(rows[0]?.cells.older?.filters).toEqual(['b'])
})
