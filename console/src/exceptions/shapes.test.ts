import { expect, test } from 'vitest'
import { mappingOf, renewed, type Exception } from './shapes'

const row = (id: string, more: Partial<Exception> = {}) =>
  ({ id, owner: '', listing_ids: [], ...more }) as unknown as Exception
const SHOWN = { pages: [{ items: [row('a'), row('b')] }, { items: [row('c')] }], pageParams: ['', 'x'] }
const read = (shown: typeof SHOWN) =>
  shown.pages.map(({ items }) => items.map(({ id, owner, is_gone }) => [id, owner, is_gone]))

test('rows are renewed where they stand; one that waits no more is marked, not taken away under the pointer', () => {
  const found = new Map([['b', row('b', { owner: 'user:li' })]])
  expect(read(renewed(SHOWN, new Set(['b', 'c']), found, false))).toEqual([
    [
      ['a', '', undefined],
      ['b', 'user:li', undefined],
    ],
    [['c', '', true]],
  ])
})

test("by one's own doing it leaves at once", () => {
  expect(read(renewed(SHOWN, new Set(['a']), new Map(), true))).toEqual([
    [['b', '', undefined]],
    [['c', '', undefined]],
  ])
})

test('a mapping is looked for among the listings of that order alone', () => {
  expect(mappingOf(row('a', { listing_ids: ['7', '9'] }))).toBe('/listings?only=7|9')
  expect(mappingOf(row('a'))).toBe('/listings')
})
