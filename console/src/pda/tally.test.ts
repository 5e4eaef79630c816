import { expect, test } from 'vitest'
import { count, isComplete, type Line } from './tally'

const line = (line_no: number, barcode: string, wanted: number): Line => ({
  line_no,
  sku_code: `S${line_no}`,
  name: '',
  barcodes: [barcode],
  wanted,
  seen: 0,
})

test('a scan counts on the line of its barcode or SKU code', () => {
  const lines = [line(1, '69001', 1), line(2, '69002', 2)]
  expect(count(lines, '69002')[1][1]?.seen).toBe(1)
  expect(count(lines, 'S1')[1][0]?.seen).toBe(1)
})

test('what does not belong is refused, and so is one too many', () => {
  const lines = [line(1, '69001', 1)]
  expect(count(lines, '123')[0]).toBe('wrong')
  const [, once] = count(lines, '69001')
  expect(isComplete(once)).toBe(true)
  expect(count(once, '69001')).toEqual(['enough', once])
})

test('two lines of the same goods fill one after the other', () => {
  let lines = [line(1, '69001', 1), { ...line(2, '69001', 1) }]
  for (const _ of [1, 2]) lines = count(lines, '69001')[1]
  expect(lines.map((one) => one.seen)).toEqual([1, 1])
})
