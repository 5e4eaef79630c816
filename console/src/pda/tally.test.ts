import { expect, test } from 'vitest'
import { count, countArrival, isComplete, type Line, scansOf } from './tally'

const line = (key: string, barcode: string, wanted: number): Line => ({
  key,
  sku_code: `S${key}`,
  name: '',
  barcodes: [barcode],
  wanted,
  seen: 0,
})

test('a scan counts on the line of its barcode or SKU code', () => {
  const lines = [line('1', '69001', 1), line('2', '69002', 2)]
  expect(count(lines, '69002').lines[1]?.seen).toBe(1)
  expect(count(lines, 'S1').lines[0]?.seen).toBe(1)
  expect(count(lines, '69002').key).toBe('2')
})

test('what does not belong is refused, and so is one too many', () => {
  const lines = [line('1', '69001', 1)]
  expect(count(lines, '123').result).toBe('wrong')
  const once = count(lines, '69001').lines
  expect(isComplete(once)).toBe(true)
  expect(count(once, '69001')).toEqual({ result: 'enough', lines: once, key: '1' })
})

test('several at once count together or not at all', () => {
  const lines = [line('1', '69001', 3)]
  expect(count(lines, '69001', 3).lines[0]?.seen).toBe(3)
  expect(count(lines, '69001', 4)).toEqual({ result: 'enough', lines, key: '1' })
})

test('two lines of the same goods fill one after the other and are told as one', () => {
  let lines = [line('1', '69001', 1), line('2', '69001', 1)]
  for (const _ of [1, 2]) lines = count(lines, '69001').lines
  expect(lines.map((one) => one.seen)).toEqual([1, 1])
  expect(scansOf(lines)).toEqual([{ barcode: '69001', quantity: 2 }])
})

test('goods that arrive above what was announced are counted and told apart', () => {
  const full = countArrival([line('1', '69001', 1)], '69001')
  expect(full.result).toBe('good')
  const over = countArrival(full.lines, '69001', 2)
  expect(over.result).toBe('enough')
  expect(over.lines[0]?.seen).toBe(3)
})
