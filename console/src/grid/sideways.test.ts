import { expect, test } from 'vitest'
import { FIRST_LAYOUT, type Column } from './columns'
import { inSight } from './use-sideways'

/** One pinned column and nine others, 100 pixels each. */
const COLUMNS: Column<string>[] = Array.from({ length: 10 }, (_, n) => ({
  id: String(n),
  title: String(n),
  width: 100,
  isPinned: n === 0,
  text: (row) => row,
}))

test.each([
  ['all of them in a wide window', { left: 0, width: 2_000 }, 0, 9],
  ['those behind the edge are left out, but the next step', { left: 0, width: 300 }, 0, 4],
  ['those that went by as well', { left: 500, width: 300 }, 3, 9],
  ['at the end the last ones', { left: 700, width: 300 }, 5, 9],
  ['a window narrower than what is pinned', { left: 0, width: 0 }, 0, 1],
])('%s', (_, view, skipped, end) => {
  expect(inSight(COLUMNS, FIRST_LAYOUT, view)).toEqual({ skipped, end })
})

test('widths are the person’s', () => {
  const layout = { ...FIRST_LAYOUT, widths: { 1: 400 } }
  expect(inSight(COLUMNS, layout, { left: 0, width: 300 })).toEqual({ skipped: 0, end: 1 })
})
