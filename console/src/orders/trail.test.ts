import { afterEach, expect, test } from 'vitest'
import { keepTrail, neighbours, readTrail } from './trail'

afterEach(() => {
  sessionStorage.clear()
})

test.each([
  ['1', null, '2', 1],
  ['2', '1', '3', 2],
  ['3', '2', null, 3],
])('beside order %s stand %s and %s', (id, previous, next, place) => {
  expect(neighbours({ ids: ['1', '2', '3'] }, id)).toEqual({ previous, next, place, total: 3 })
})

test('an order that the list does not hold has no neighbours', () => {
  expect(neighbours({ ids: ['1'] }, '9')).toBeNull()
})

test('a page finds the list it was opened from, each order in it once', () => {
  keepTrail('exceptions', { ids: ['2', '1', '2'], isMore: true, back: '/exceptions?kind=hold' })
  expect(readTrail({ trail: 'exceptions' })).toEqual({
    trail: 'exceptions',
    ids: ['2', '1'],
    isMore: true,
    back: '/exceptions?kind=hold',
  })
})

test.each([null, undefined, {}, { trail: 'elsewhere' }, { trail: 'orders' }])(
  'opened otherwise it has none: %j',
  (state) => {
    expect(readTrail(state)).toBeNull()
  },
)
