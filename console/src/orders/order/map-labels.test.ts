import { expect, test } from 'vitest'
import { spotsOf } from './map-labels'

test('a name stands above its dot', () => {
  expect(spotsOf([{ x: 100, y: 100, label: '武汉仓' }], 11)).toEqual([{ x: 100, y: 90, anchor: 'middle' }])
})

test('of two dots side by side the second one is named where there is room', () => {
  const [first, second] = spotsOf(
    [
      { x: 100, y: 100, label: '武汉仓' },
      { x: 125, y: 100, label: '杭州仓' },
    ],
    11,
  )
  expect(first?.y).toBe(90)
  expect(second?.y).toBeGreaterThan(110)
})

test('where there is none it is left out: names over one another say nothing', () => {
  const heap = Array.from({ length: 9 }, (_, n) => ({ x: 100 + n, y: 100 + n, label: `仓库${n}` }))
  expect(spotsOf(heap, 11)).toContain(null)
})
