import '@/i18n/start'
import { expect, test } from 'vitest'
import { bucketsOf, currenciesOf, filtersOf, seriesOf, stepOf } from './bars'

const RANGE = { start: '2026-11-04T04:00:01.5Z', until: '2026-11-11T04:00:01.5Z' }
const hour = (at: string, shop: string, currency: string, orders: number, paid_minor: number) => ({
  hour: at,
  shop,
  shop_name: shop,
  platform: 'direct',
  currency,
  orders,
  paid_minor,
})

test('a day has hours, a week quarters of days, a month days', () => {
  expect([1, 7, 30].map(stepOf)).toEqual([1, 6, 24])
})

test.each([1, 6, 24] as const)(
  'stretches of %i hours follow one another over the whole range and no further',
  (step) => {
    const buckets = bucketsOf(RANGE, step)
    expect(buckets[0]?.from).toBe(RANGE.start)
    expect(buckets.at(-1)?.until).toBe(RANGE.until)
    buckets.slice(1).forEach((bucket, n) => {
      expect(bucket.from).toBe(buckets[n]?.until)
      expect(bucket.at - (buckets[n]?.at ?? 0)).toBe(step * 3_600_000)
    })
  },
)

test('every order stands in one bar, and two currencies of an hour do not hide one another', () => {
  const buckets = bucketsOf(RANGE, 24)
  const hours = [
    hour('2026-11-04T04:00:00Z', 'A', 'CNY', 2, 200),
    hour('2026-11-10T23:00:00Z', 'A', 'CNY', 3, 300),
    hour('2026-11-10T23:00:00Z', 'A', 'USD', 4, 400),
    hour('2026-11-11T04:00:00Z', 'B', 'CNY', 1, 100),
  ]
  const series = seriesOf(hours, buckets, 'shop', 'orders', (code) => code)
  const sums = series.map(({ code, values }) => [code, values.reduce((sum, value) => sum + value, 0)])
  expect(sums).toEqual([
    ['A', 9],
    ['B', 1],
  ])
  expect(seriesOf(hours, buckets, 'platform', 'orders', (code) => code)).toHaveLength(1)
  expect(currenciesOf(hours)).toEqual(['CNY', 'USD'])
})

test('a bar lists its orders: of a shop, of a channel, of a currency', () => {
  const bucket = { at: 0, from: 'a', until: 'b' }
  expect(filtersOf(bucket, 'shop', 'S1', null)).toEqual(['placed_at:between:a|b', 'shop:is:S1'])
  expect(filtersOf(bucket, 'platform', null, null)).toEqual(['placed_at:between:a|b'])
  expect(filtersOf(bucket, 'platform', 'taobao', 'USD')).toEqual([
    'placed_at:between:a|b',
    'platform:is:taobao',
    'state:not:cancelled',
    'currency:is:USD',
  ])
})
