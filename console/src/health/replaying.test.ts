import { expect, test } from 'vitest'
import { chunks, resultOf, type Message } from './replaying'

const message = (direction: 'i' | 'o', state: string) => ({ direction, state }) as Message
const sent = new Set(['1', '2'])
const left = new Set(['2'])

test.each([
  ['1', message('i', 'done'), 'read'],
  ['1', message('i', 'duplicate'), 'read'],
  ['1', message('i', 'waiting'), 'waiting'],
  ['1', message('i', 'set_aside'), 'unreadable'],
  ['2', message('i', 'waiting'), 'waited'],
  ['2', message('o', 'done'), 'own'],
  ['1', undefined, 'missing'],
  ['3', message('i', 'done'), 'unsent'],
] as const)('of message %s, now %j, is told: %s', (id, now, result) => {
  expect(resultOf(id, { sent, left }, now)).toBe(result)
})

test('many are sent off in parts, none twice', () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
})
