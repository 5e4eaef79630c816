import '@/i18n/start'
import { expect, test } from 'vitest'
import { cardsOf, listOf, stateRows, type Dashboard } from './shapes'

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

test('each sum of sales is of one currency and lists the orders it is made of', () => {
  const hour = { hour: '2026-11-11T03:00:00Z', shop: 'S1', shop_name: '一店', platform: 'direct', orders: 1 }
  const hours = [
    { ...hour, currency: 'CNY', paid_minor: 1000 },
    { ...hour, currency: 'USD', paid_minor: 250 },
  ]
  const count = { orders: 2, filters: ['placed'] }
  const share = { part: count, rest: count, whole: count }
  const wait = { seconds: null, slower: count }
  const figures = {
    placed: count,
    cancelled: count,
    released: count,
    untouched: share,
    in_time: share,
    split: share,
    paid_to_released_p50: wait,
    paid_to_released_p95: wait,
    freight_per_order_minor: null,
    freight_currency: 'CNY',
  }
  const board = { figures, hours, queues: [] } as unknown as Dashboard
  const [, sales] = cardsOf(board, (key) => key)
  expect(sales?.values).toEqual([
    { text: '¥10.00', filters: ['placed', 'state:not:cancelled', 'currency:is:CNY'] },
    { text: '$2.50', filters: ['placed', 'state:not:cancelled', 'currency:is:USD'] },
  ])
})
