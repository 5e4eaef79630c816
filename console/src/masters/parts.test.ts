import { expect, test } from 'vitest'
import { partsToSave, readParts, writeParts } from './parts'

test.each([
  ['85123A × 2', '85123A', 2],
  ['85123A x 3', '85123A', 3],
  ['85123A\t4', '85123A', 4],
  ['85123A', '85123A', 1],
])('%s', (text, code, quantity) => {
  expect(readParts(text)).toEqual([{ code, quantity }])
})

test('what is written is read again', () => {
  const parts = [
    { code: 'A', quantity: 2 },
    { code: 'B', quantity: 1 },
  ]
  expect(readParts(writeParts(parts))).toEqual(parts)
})

test("a part's share of the price is no casualty of its quantity", () => {
  const stored = [{ code: 'A', quantity: 1, price_share: 70 }]
  expect(partsToSave('A × 3\nB', stored)).toEqual([
    { code: 'A', quantity: 3, price_share: 70 },
    { code: 'B', quantity: 1, price_share: 1 },
  ])
})
