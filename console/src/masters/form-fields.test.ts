import { expect, test } from 'vitest'
import { takesOf, type FormField } from './form-fields'

test('a field of money takes an amount where the API takes minor units', () => {
  const t = (key: string, values?: Record<string, string | number>) => `${key} ${values?.least} ${values?.most}`
  const fields: FormField[] = [
    { name: 'first_minor', label: 'First', kind: 'money' },
    { name: 'first_g', label: 'Grams', kind: 'number' },
  ]
  expect(['first_minor', 'first_g', 'nix'].map(takesOf(fields, t))).toEqual([
    'costExpected 0.00 10,000,000.00',
    undefined,
    undefined,
  ])
})
