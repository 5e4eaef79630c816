import { expect, test } from 'vitest'
import { FIRST_LAYOUT, type Column } from '@/grid/columns'
import { differs, idsOf, isSameColumns, layoutNow, layoutOf, type View } from './views'

const COLUMNS: Column<object>[] = ['no', 'state', 'shop'].map((id) => ({ id, title: id, width: 9, text: () => id }))
COLUMNS.push({ id: 'city', title: 'city', width: 9, isExtra: true, text: () => 'city' })
const OWN = { ...FIRST_LAYOUT, hidden: ['shop'], widths: { no: 200 } }
const VIEW: View = {
  id: '7',
  version: 1,
  list: 'orders',
  name: 'mine',
  filters: ['state:is:paid', 'shop:is:A'],
  sort: '-paid_at',
  group: '',
  columns: ['city', 'no'],
  is_team: false,
  is_default: false,
  is_mine: true,
}

test('a view shows its columns in its order, with the widths of whoever looks', () => {
  const layout = layoutOf(VIEW.columns, COLUMNS, OWN)
  expect(idsOf(COLUMNS, layout)).toEqual(['city', 'no'])
  expect(layout.widths).toEqual({ no: 200 })
})

test('a view without columns leaves them as they are', () => {
  expect(layoutOf([], COLUMNS, OWN)).toBe(OWN)
})

test('without a view, or with another one changed, nothing of the changed one is seen', () => {
  const changed = { view: '7', layout: { ...FIRST_LAYOUT, hidden: ['no'] } }
  expect(layoutNow(undefined, changed, COLUMNS, OWN)).toBe(OWN)
  expect(idsOf(COLUMNS, layoutNow(VIEW, { ...changed, view: '8' }, COLUMNS, OWN))).toEqual(['city', 'no'])
  expect(idsOf(COLUMNS, layoutNow(VIEW, changed, COLUMNS, OWN))).toEqual(['state', 'shop'])
})

test('a width is no change of the columns, an order is', () => {
  const layout = layoutOf(VIEW.columns, COLUMNS, OWN)
  expect(isSameColumns(COLUMNS, layout, { ...layout, widths: { no: 300 } })).toBe(true)
  expect(isSameColumns(COLUMNS, layout, { ...layout, order: ['no', 'city'] })).toBe(false)
})

test.each([
  ['filters', { filters: ['state:is:paid'] }],
  ['sort', { sort: 'paid_at' }],
  ['grouping', { group: 'shop' }],
])('other %s are a change, the same in another order none', (_, change) => {
  expect(differs(VIEW, { ...VIEW, ...change })).toBe(true)
  expect(differs(VIEW, { ...VIEW, filters: ['shop:is:A', 'state:is:paid'] })).toBe(false)
})
