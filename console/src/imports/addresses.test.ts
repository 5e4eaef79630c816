import { expect, test } from 'vitest'
import { addressOf } from './addresses'
import { KINDS } from './send'

test('every import leads to a list', () => {
  for (const kind of KINDS) expect(addressOf(kind, '')).toMatch(/^\/[a-z]+(\?|$)/)
})

test('orders are shown of the shop they came into', () => {
  expect(addressOf('orders', 'T1')).toBe('/orders?f=shop%3Ais%3AT1')
  expect(addressOf('products', 'T1')).toBe('/products')
  expect(addressOf('bundles', '')).toBe('/products?kind=bundle')
})
