import { expect, test } from 'vitest'
import { nextSort } from './grid-head'
import { linesOf } from './groups'
import { neutral, tableOf, tsvOf } from './tsv'

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

test('groups whose rows are not loaded yet have their place all the same', () => {
  const lines = linesOf(ROWS, rowId, shop, new Set(), ['B', 'C', 'A'])
  expect(lines.map((line) => line.id)).toEqual(['group:B', '2', 'group:C', 'group:A', '1', '3'])
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

test.each([
  ['=1+1', "'=1+1"],
  ['+8613812345678', "'+8613812345678"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-2+3', "'-2+3"],
  ['＝1+1', "'＝1+1"],
  ['-12.50', '-12.50'],
  ['-1,234.00', '-1,234.00'],
  ['SO2603021500000017', 'SO2603021500000017'],
  ['', ''],
])('%s is copied as %s: nothing is worked out', (text, copied) => {
  expect(neutral(text)).toBe(copied)
})

test('a blank before a formula does not carry it in, and titles are held as well', () => {
  const columns = [{ id: 'a', title: '=T', width: 1, text: () => '\t =1+1' }]
  expect(tsvOf([{}], columns)).toBe("'=T\n'=1+1")
})

test('long numbers and those that begin with a zero are text in a spreadsheet', () => {
  const columns = ['2603021500000017001', '0571', '88', '12.50', '<b>&'].map((text) => ({
    id: text,
    title: 'T',
    width: 1,
    text: () => text,
  }))
  const cells = [...tableOf([{}], columns).matchAll(/<td([^>]*)>([^<]*)<\/td>/g)].slice(columns.length)
  expect(cells.map(([, style, text]) => [text, style?.includes('mso-number-format') ?? false])).toEqual([
    ['2603021500000017001', true],
    ['0571', true],
    ['88', false],
    ['12.50', false],
    ['&lt;b&gt;&amp;', false],
  ])
})
