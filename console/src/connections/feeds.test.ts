import { expect, it } from 'vitest'
import { failureOf, isAwaited } from './feeds'

it.each([
  ['CallRefused: taobao.trades.sold.get: isv.x', 'CallRefused', '', 'taobao.trades.sold.get: isv.x'],
  ['BadInput: field_missing: tid', 'BadInput', 'field_missing', 'tid'],
  ['BadInput: body_unreadable', 'BadInput', 'body_unreadable', ''],
  ['away', '', '', 'away'],
])('a failure %s is taken apart', (text, kind, reason, code) => {
  expect(failureOf(text)).toEqual({ kind, reason, code })
})

it.each([
  [null, '2026-11-11T04:00:00Z', false],
  ['2026-11-11T04:00:00Z', null, true],
  ['2026-11-11T04:00:00.5Z', '2026-11-11T04:00:00Z', true],
  ['2026-11-11T04:00:00Z', '2026-11-11T04:00:00.5Z', false],
])('wanted at %s, read at %s: it is awaited: %s', (wanted_at, pulled_at, expected) => {
  expect(isAwaited({ wanted_at, pulled_at })).toBe(expected)
})
