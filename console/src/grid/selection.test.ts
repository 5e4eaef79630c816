import { expect, test } from 'vitest'
import { extend, NOTHING, toggle, toggleAll } from './selection'

const ORDER = ['a', 'b', 'c', 'd', 'e']

test('a range goes from the last single choice, upwards as well', () => {
  const down = extend(toggle(NOTHING, 'b'), 'd', ORDER)
  expect([...down.ids]).toEqual(['b', 'c', 'd'])
  const up = extend(toggle(NOTHING, 'd'), 'b', ORDER)
  expect(up.ids).toEqual(new Set(['b', 'c', 'd']))
})

test('a range without a start is a single choice', () => {
  expect([...extend(NOTHING, 'c', ORDER).ids]).toEqual(['c'])
})

test('a range keeps what was chosen elsewhere', () => {
  const two = toggle(toggle(NOTHING, 'e'), 'a')
  expect(extend(two, 'b', ORDER).ids).toEqual(new Set(['a', 'b', 'e']))
})

test('all, then none', () => {
  const all = toggleAll(NOTHING, ORDER)
  expect(all.ids.size).toBe(5)
  expect(toggleAll(all, ORDER).ids.size).toBe(0)
})
