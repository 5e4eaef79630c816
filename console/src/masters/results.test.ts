import { expect, test } from 'vitest'
import { whyRefused } from './results'

test('a row that was not changed says why, and that what follows is expected', () => {
  const t = (_: string, values?: Record<string, string | number>) => `expected: ${values?.what ?? ''}`
  const error = { field: 'category', reason: 'field_invalid' as const, text: 'Invalid', detail: '', expected: '' }
  expect(whyRefused([{ ...error, expected: 'at most 64 characters' }], t)).toBe(
    'Invalid · expected: at most 64 characters',
  )
  expect(whyRefused([error], t)).toBe('Invalid')
  expect(whyRefused([], t)).toBe('')
})
