import { expect, test } from 'vitest'
import { decisionOf } from './sourcing'

const step = (detail: unknown) => ({ at: '2026-11-11T00:00:00Z', actor: 'system', step: 'sourced', text: '', detail })
const PLACES = [
  { id: '1', code: 'HZ', name: 'Hangzhou', longitude: 120, latitude: 30 },
  { id: '2', code: 'GZ', name: 'Guangzhou', longitude: 113, latitude: 23 },
]

const CARRIERS = [
  { id: '9', name: 'SF Express' },
  { id: '8', name: 'ZTO' },
]

test('the chosen warehouse comes first, one without a cost last', () => {
  const detail = {
    aim: 'cheapest',
    parcels: [[1, 9, 423, 300, 475]],
    candidates: [
      [2, 0, -1, 723, 'short_of_stock'],
      [1, 9, 423, 354, ''],
      [3, 8, 500, 900, 'dearer'],
    ],
  }
  const decision = decisionOf({ timeline: [step(detail)] } as never, PLACES, CARRIERS, 'elsewhere')
  expect(decision?.candidates.map((one) => [one.name, one.isChosen, one.carrier, one.cost_minor])).toEqual([
    ['Hangzhou', true, 'SF Express', 423],
    ['elsewhere', false, 'ZTO', 500],
    ['Guangzhou', false, '', null],
  ])
})

test('in a split each warehouse has the carrier and the cost of its own parcel', () => {
  const detail = {
    parcels: [
      [1, 8, 300, 200, 400],
      [2, 9, 250, 200, 400],
    ],
    candidates: [
      [1, 9, 900, 10, ''],
      [2, 0, -1, 20, ''],
    ],
  }
  const decision = decisionOf({ timeline: [step(detail)] } as never, PLACES, CARRIERS, '')
  expect(decision?.candidates.map((one) => [one.code, one.carrier, one.cost_minor])).toEqual([
    ['HZ', 'ZTO', 300],
    ['GZ', 'SF Express', 250],
  ])
})

test('an order that was not sourced has no decision', () => {
  expect(decisionOf({ timeline: [] } as never, PLACES, CARRIERS, '')).toBeNull()
})
