import { expect, test } from 'vitest'
import { decisionOf } from './sourcing'

const step = (detail: unknown) => ({ at: '2026-11-11T00:00:00Z', actor: 'system', step: 'sourced', text: '', detail })
const PLACES = [
  { id: '1', code: 'HZ', name: 'Hangzhou', longitude: 120, latitude: 30 },
  { id: '2', code: 'GZ', name: 'Guangzhou', longitude: 113, latitude: 23 },
]

test('the chosen warehouse comes first, one without a cost last', () => {
  const detail = {
    aim: 'cheapest',
    parcels: [[1, 9, 423, 300, 475]],
    candidates: [
      [2, 0, -1, 723, 'short_of_stock'],
      [1, 9, 423, 354, ''],
    ],
  }
  const decision = decisionOf({ timeline: [step(detail)] } as never, PLACES)
  expect(decision?.candidates.map((one) => [one.code, one.isChosen, one.cost_minor])).toEqual([
    ['HZ', true, 423],
    ['GZ', false, null],
  ])
})

test('an order that was not sourced has no decision', () => {
  expect(decisionOf({ timeline: [] } as never, PLACES)).toBeNull()
})
