import { beforeEach, expect, test } from 'vitest'
import { isEnded, readQueue, refusedUnder } from './queue'
import { keep } from './kept'

const one = (no: string, refused?: { why: string; next: string }) => ({
  path: `/pda/receipts/${no}/receive`,
  body: { scan_id: no },
  label: no,
  ends: no,
  refused,
})

beforeEach(() => {
  localStorage.clear()
})

test('a refused receipt is told as refused, and is to be received still', () => {
  keep('queue', [
    one('E1'),
    one('E2', { why: 'closed', next: 'ask' }),
    { ...one('F1', { why: 'x', next: '' }), path: '/pda/tasks/F1/ship' },
  ])
  expect(readQueue()).toHaveLength(3)
  expect(refusedUnder('/pda/receipts/').map((kept) => kept.label)).toEqual(['E2'])
  expect([isEnded('E1'), isEnded('E2')]).toEqual([true, false])
})
