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

test('what an import brought is shown alone, where its list can be asked for that', () => {
  expect(addressOf('orders', 'T1', ['D1', 'D2'])).toBe('/orders?find=D1+D2')
  expect(addressOf('listings', '', ['7', '8'])).toBe('/listings?show=all&only=7%7C8')
  const many = Array.from({ length: 201 }, (_, n) => String(n))
  expect(addressOf('listings', '', many)).toBe('/listings?show=all')
  expect(addressOf('orders', 'T1', many)).toMatch(/find=./)
  expect(addressOf('products', '', ['7'])).toBe('/products')
})
