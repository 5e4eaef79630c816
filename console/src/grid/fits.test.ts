import { expect, test } from 'vitest'
import { isSureToFit, type Column } from './columns'
import { widest } from './fits'

test.each([
  ['', 0],
  ['北京市', 43],
  ['SO00000000005999', 148],
  ['¥1,234.50', 81],
  ['🧧', 21],
])('%s is at most so wide', (text, most) => {
  expect(Math.ceil(widest(text))).toBe(most)
})

const plain: Column<string> = { id: 'a', title: 'A', width: 100, text: (row) => row }

test.each<[string, Column<string>, string, boolean]>([
  ['words with room', plain, '北京市', true],
  ['words that may need more', plain, '北京市朝阳区', false],
  ['something drawn, nobody knows how wide', { ...plain, render: (row) => row }, '北京市', false],
  ['something drawn, told how wide', { ...plain, render: (row) => row, extra: () => 10 }, '北京市', true],
  ['something drawn, told too wide', { ...plain, render: (row) => row, extra: () => 50 }, '北京市', false],
])('%s', (_, column, row, is) => {
  expect(isSureToFit(column, row, column.text(row), 100)).toBe(is)
})
