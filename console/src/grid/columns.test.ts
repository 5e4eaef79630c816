import { expect, test } from 'vitest'
import {
  FIRST_LAYOUT,
  moveColumn,
  phoneLines,
  setWidth,
  shownColumns,
  toggleColumn,
  togglePin,
  widen,
  WIDTH_MAX,
  WIDTH_MIN,
  widthOf,
  type Column,
} from './columns'

const column = (id: string, more: Partial<Column<string>> = {}): Column<string> => ({
  id,
  title: id,
  width: 100,
  text: (row) => row,
  ...more,
})
const COLUMNS = [column('a'), column('b', { isPinned: true }), column('c', { isExtra: true }), column('d')]
const ids = (columns: readonly Column<string>[]) => columns.map((one) => one.id)

test('pinned columns come first, extra ones only when chosen', () => {
  expect(ids(shownColumns(COLUMNS, FIRST_LAYOUT))).toEqual(['b', 'a', 'd'])
  const withExtra = toggleColumn(column('c', { isExtra: true }), FIRST_LAYOUT)
  expect(ids(shownColumns(COLUMNS, withExtra))).toEqual(['b', 'a', 'c', 'd'])
})

test('any column is pinned or let go by choice, and goes back to how it was defined', () => {
  const [a, b] = COLUMNS as [Column<string>, Column<string>]
  const pinned = togglePin(a, togglePin(b, FIRST_LAYOUT))
  expect(ids(shownColumns(COLUMNS, pinned))).toEqual(['a', 'b', 'd'])
  expect(shownColumns(COLUMNS, pinned).map((one) => one.isPinned)).toEqual([true, false, undefined])
  expect(togglePin(a, togglePin(b, pinned))).toEqual(FIRST_LAYOUT)
})

test('a hidden column comes back where it was', () => {
  const hidden = toggleColumn(column('a'), FIRST_LAYOUT)
  expect(ids(shownColumns(COLUMNS, hidden))).toEqual(['b', 'd'])
  expect(ids(shownColumns(COLUMNS, toggleColumn(column('a'), hidden)))).toEqual(['b', 'a', 'd'])
})

test('a column moves by one place, and never over the edge', () => {
  const moved = moveColumn(COLUMNS, FIRST_LAYOUT, 'd', -1)
  expect(moved.order).toEqual(['a', 'b', 'd', 'c'])
  expect(moveColumn(COLUMNS, FIRST_LAYOUT, 'a', -1)).toBe(FIRST_LAYOUT)
})

test('widths stay within limits', () => {
  expect(widthOf(column('a'), setWidth(FIRST_LAYOUT, 'a', 9_999))).toBe(WIDTH_MAX)
  expect(widthOf(column('a'), FIRST_LAYOUT)).toBe(100)
})

test('a column gets wider and narrower by steps, within the same limits', () => {
  const a = column('a')
  expect(widthOf(a, widen(a, widen(a, FIRST_LAYOUT, 1), 1))).toBe(148)
  expect(widthOf(a, widen(a, FIRST_LAYOUT, -9))).toBe(WIDTH_MIN)
})

test.each([
  [
    'two keys, then three more; the rest is left out',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    {},
    [
      ['a', 'b'],
      ['c', 'd', 'e'],
    ],
  ],
  ['a hint stands beside those of its line', ['a', 'b', 'c', 'd'], { d: { line: 1 } }, [['a', 'b', 'd'], ['c']]],
  ['what a hint leaves out takes no place', ['a', 'b', 'c', 'd'], { b: { line: 0 } }, [['a', 'c'], ['d']]],
  ['buttons have a line of their own', ['a', 'b', 'c', 'do'], { do: { title: '' } }, [['a', 'b'], ['c'], ['do']]],
  ['few columns need one line', ['a'], {}, [['a']]],
] as const)('lines of a phone’s row: %s', (_, ids, more: Record<string, Partial<Column<string>>>, lines) => {
  const columns = ids.map((id) => column(id, more[id]))
  expect(phoneLines(columns).map((line) => line.map((one) => one.id))).toEqual(lines)
})
