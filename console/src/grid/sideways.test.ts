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
  ['all of them in a wide window', { left: 0, width: 2_000 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['those behind the edge are left out, but the next step', { left: 0, width: 300 }, [0, 1, 2, 3, 4]],
  ['those that went by as well', { left: 500, width: 300 }, [0, 4, 5, 6, 7, 8, 9]],
  ['a window narrower than what is pinned', { left: 0, width: 0 }, [0, 1]],
])('%s', (_, view, places) => {
  expect(inSight(COLUMNS, FIRST_LAYOUT, view)).toEqual(places)
})

test('widths are the person’s', () => {
  const layout = { ...FIRST_LAYOUT, widths: { 1: 400 } }
  expect(inSight(COLUMNS, layout, { left: 0, width: 300 })).toEqual([0, 1])
})

test('what can be pressed is drawn wherever it stands; what draws words alone is not', () => {
  const columns = COLUMNS.map((column, n) =>
    n === 8
      ? { ...column, render: () => 'button' }
      : n === 9
        ? { ...column, render: () => 'word', extra: () => 0 }
        : column,
  )
  expect(inSight(columns, FIRST_LAYOUT, { left: 0, width: 300 })).toEqual([0, 1, 2, 3, 4, 8])
})
