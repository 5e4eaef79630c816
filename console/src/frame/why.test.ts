import { expect, test } from 'vitest'
import { fieldOf, whyOf } from './why'

test('a refused field says what is expected', () => {
  const t = (_: string, values?: Record<string, string | number>) => `expected: ${values?.what ?? ''}`
  const error = { field: 'lines[0].quantity', reason: 'field_invalid', text: 'Invalid' }
  expect(whyOf({ ...error, expected: 'a whole number from 1 to 9,999' }, t)).toBe(
    'Invalid · expected: a whole number from 1 to 9,999',
  )
  expect(whyOf(error, t)).toBe('Invalid')
})

test('where a form takes something else than the API does, its own words are told', () => {
  const t = (_: string, values?: Record<string, string | number>) => `expected: ${values?.what ?? ''}`
  const takes = (field: string) => (field === 'first_minor' ? 'an amount' : undefined)
  const error = { field: 'rows[0].first_minor', reason: 'field_invalid', text: 'Invalid', expected: 'a whole number' }
  expect(whyOf(error, t, takes)).toBe('Invalid · expected: an amount')
  expect(whyOf({ ...error, field: 'rows[0].first_g' }, t, takes)).toBe('Invalid · expected: a whole number')
  expect(whyOf({ ...error, expected: '' }, t, takes)).toBe('Invalid')
})

test('the place of a refusal is a field of the form', () => {
  expect(['rows[0].cut_off', 'parts[2].code', 'account.app_key', 'name'].map(fieldOf)).toEqual([
    'cut_off',
    'parts',
    'account',
    'name',
  ])
})
