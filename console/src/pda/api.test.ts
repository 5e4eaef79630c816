import { expect, test } from 'vitest'
import { Refusal } from './api'
import { say } from './words'

test('a refusal on the phone says that what follows is expected', () => {
  const error = { field: 'parcels', reason: 'field_invalid' as const, text: 'Invalid', detail: '', expected: '' }
  const { message } = new Refusal(422, { title: 'Refused', errors: [{ ...error, expected: 'a list of at most 50' }] })
  expect(message).toBe(`Invalid · ${say('required', 'a list of at most 50')}`)
  expect(message).toMatch(/(要求：|expected: )a list of at most 50$/)
  expect(new Refusal(422, { title: 'Refused', errors: [error] }).message).toBe('Invalid')
  expect(new Refusal(502, null).message).toBe('HTTP 502')
})
