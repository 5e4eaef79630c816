import { expect, test } from 'vitest'
import { changeOf, conflictsOf, draftOf, mergedOf, type Draft } from './edits'

const FIRST: Draft = { warehouse_code: null, carrier_code: null, remark: '', is_urgent: false, is_alone: false }
const order = (edits: Partial<Draft>) => ({ edits: { ...FIRST, ...edits, is_cancelled: false } })

test('only what was changed is sent', () => {
  expect(changeOf(order({}), { ...FIRST, remark: 'call first' })).toEqual({ remark: 'call first' })
})

test('a field that only one side changed is no conflict and is kept', () => {
  const mine = { ...FIRST, remark: 'mine' }
  const theirs = order({ carrier_code: 'SF' })
  expect(conflictsOf(order({}), mine, theirs)).toEqual([])
  expect(mergedOf(order({}), mine, theirs, new Set())).toEqual({ ...FIRST, remark: 'mine', carrier_code: 'SF' })
})

test('a field that both sides changed is a conflict, and the choice decides', () => {
  const mine = { ...FIRST, warehouse_code: 'A' }
  const theirs = order({ warehouse_code: 'B' })
  expect(conflictsOf(order({}), mine, theirs)).toEqual(['warehouse_code'])
  expect(mergedOf(order({}), mine, theirs, new Set(['warehouse_code'] as const)).warehouse_code).toBe('A')
  expect(mergedOf(order({}), mine, theirs, new Set()).warehouse_code).toBe('B')
})

test('the same change on both sides is no conflict', () => {
  const both = order({ is_urgent: true })
  expect(conflictsOf(order({}), draftOf(both), both)).toEqual([])
})
