import { expect, test } from 'vitest'
import { nextSort } from './grid-head'
import { linesOf } from './groups'
import { tsvOf } from './tsv'

const ROWS = [
  { id: '1', shop: 'A' },
  { id: '2', shop: 'B' },
  { id: '3', shop: 'A' },
]
const rowId = (row: { id: string }) => row.id
const shop = (row: { shop: string }) => row.shop

test('rows are gathered in groups in the order of their first row', () => {
  const lines = linesOf(ROWS, rowId, shop, new Set())
  expect(lines.map((line) => line.id)).toEqual(['group:A', '1', '3', 'group:B', '2'])
})

test('a folded group keeps its count and hides its rows', () => {
  const [first, second] = linesOf(ROWS, rowId, shop, new Set(['A']))
  expect(first).toMatchObject({ kind: 'group', count: 2, isFolded: true })
  expect(second?.id).toBe('group:B')
})

test('a cell never breaks out of its place in the clipboard', () => {
  const columns = [
    { id: 'a', title: 'A', width: 1, text: () => 'x\ty\nz' },
    { id: 'b', title: 'B', width: 1, text: () => 'k' },
  ]
  expect(tsvOf([{}], columns)).toBe('A\tB\nx y z\tk')
})

test('a sort goes up, down, and away', () => {
  const up = nextSort(null, 'paid')
  const down = nextSort(up, 'paid')
  expect([up?.isDescending, down?.isDescending, nextSort(down, 'paid')]).toEqual([false, true, null])
})
