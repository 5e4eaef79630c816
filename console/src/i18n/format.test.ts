import { beforeEach, expect, test } from 'vitest'
import { duration, houseUnit, money, secondsUntil, setHouseCurrency, setServerNow, weight } from './format'
import { setLanguage } from './start'
import { defineWords, say } from './words'

beforeEach(() => {
  setLanguage('zh')
})

test.each([
  [1054, 'GBP', '£10.54'],
  [-458, 'CNY', '−¥4.58'],
  [1200, 'JPY', 'JPY 1,200'],
  [1_234_567, 'CNY', '¥12,345.67'],
])('%d minor units of %s are %s', (minor, currency, text) => {
  expect(money(minor, currency)).toBe(text)
})

test('what has no currency is a cost of the house', () => {
  expect([money(1054), houseUnit()]).toEqual(['¥10.54', '元'])
  setHouseCurrency('USD')
  expect([money(1054), money(1054, 'GBP'), houseUnit()]).toEqual(['$10.54', '£10.54', '$'])
  setHouseCurrency('CNY')
})

test('a length of time is told by its biggest unit, in the language of the moment', () => {
  expect([duration(59 * 60), duration(5 * 3_600), duration(9 * 86_400)]).toEqual(['59 分钟', '5 小时', '9 天'])
  setLanguage('en')
  expect(duration(-5 * 3_600)).toBe('5 h')
})

test('deadlines count by the clock of the server', () => {
  setServerNow('2026-11-11T00:00:00Z')
  expect(Math.round(secondsUntil('2026-11-11T01:00:00Z'))).toBe(3_600)
  setServerNow(undefined)
})

test('grams turn into kilograms', () => {
  expect([weight(475), weight(1_500), weight(0)]).toEqual(['475 g', '1.50 kg', ''])
})

test('one and many differ in English, not in Chinese', () => {
  const words = defineWords('format-test', { rows: ['{{count}} 行', '{{count}} row', '{{count}} rows'] })
  expect(say(words, 'rows', { count: 1 })).toBe('1 行')
  setLanguage('en')
  expect([say(words, 'rows', { count: 1 }), say(words, 'rows', { count: 2 })]).toEqual(['1 row', '2 rows'])
})
