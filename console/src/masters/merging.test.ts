import { expect, test } from 'vitest'
import type { FormField } from './form-fields'
import { clashesOf, isChanged, mergedOf } from './merging'

const fields = ['name', 'weight', 'barcodes'].map((name): FormField => ({ name, label: name, kind: 'text' }))
const base = { name: '杯', weight: 1, barcodes: ['1'], version: 3 }

test('what each changed alone is kept, and the version is the newer one', () => {
  const mine = { ...base, weight: 2 }
  const now = { ...base, name: '碗', barcodes: ['1', '2'], version: 4 }
  expect(clashesOf(fields, base, mine, now)).toEqual([])
  expect(mergedOf(fields, base, mine, now, new Set())).toEqual({
    name: '碗',
    weight: 2,
    barcodes: ['1', '2'],
    version: 4,
  })
})

test.each([
  [['name'], '我的'],
  [[], '他的'],
])('where both changed the same, what was chosen stays', (kept, name) => {
  const mine = { ...base, name: '我的' }
  const now = { ...base, name: '他的', version: 4 }
  expect(clashesOf(fields, base, mine, now).map((field) => field.name)).toEqual(['name'])
  expect(mergedOf(fields, base, mine, now, new Set(kept))).toEqual({ ...now, name })
})

test('the same change by both is no clash, and nothing told is nothing', () => {
  expect(clashesOf(fields, base, { ...base, name: '碗' }, { ...base, name: '碗' })).toEqual([])
  expect(clashesOf(fields, { ...base, name: undefined }, { ...base, name: '' }, { ...base, name: '碗' })).toEqual([])
})

test('the same choices in another order are no change, but of what is listed by hand the order counts', () => {
  const [one, other] = [{ all: ['A', 'B'] }, { all: ['B', 'A'] }]
  const of = (kind: FormField['kind']): FormField[] => [{ name: 'all', label: 'all', kind }]
  expect(isChanged(of('many'), one, other)).toBe(false)
  expect(isChanged(of('tags'), one, other)).toBe(true)
  expect(clashesOf(of('many'), one, { all: ['A'] }, { all: ['A'] })).toEqual([])
  expect(isChanged(of('pairs'), {}, { all: {} })).toBe(false)
})
