import { afterEach, expect, test } from 'vitest'
import { fromAddress, numbersIn, partOf, toAddress } from './finding'

afterEach(() => {
  sessionStorage.clear()
})

const many = (count: number) => Array.from({ length: count }, (_, n) => `NO${n}`)

test('numbers are parted by blanks, commas, lines and bars, each counted once', () => {
  expect(numbersIn(' A1,B2\n C3；A1、D4|E5\t')).toEqual(['A1', 'B2', 'C3', 'D4', 'E5'])
})

test('of more than five hundred the rest comes next, and none is left out', () => {
  const text = many(1_201).join('\n')
  const parts = [0, 500, 1_000].map((from) => partOf(text, from))
  expect(parts.map(({ from, to, total }) => [from, to, total])).toEqual([
    [0, 500, 1_201],
    [500, 1_000, 1_201],
    [1_000, 1_201, 1_201],
  ])
  expect(parts.flatMap((part) => part.text.split(' '))).toEqual(many(1_201))
})

test.each([
  ['8888', 0],
  ['  hsl ', 0],
])('one word is looked up as it is: %s', (text, from) => {
  expect(partOf(text, from)).toMatchObject({ text: text.trim(), from: 0, to: 1, total: 1 })
})

test('a place behind the last number is the first', () => {
  expect(partOf('A B', 500).from).toBe(0)
})

test('a short search stands in the address, a long one in the tab', () => {
  expect(toAddress('SO1')).toBe('SO1')
  const long = many(500).join(' ')
  const named = toAddress(long)
  expect(named.length).toBeLessThan(40)
  expect(fromAddress(named)).toBe(long)
  expect(toAddress(long)).toBe(named)
  sessionStorage.clear()
  expect(fromAddress(named)).toBeNull()
})

test('what looks like the name of a kept search is still a search', () => {
  expect(fromAddress(toAddress('~abc'))).toBe('~abc')
})

test.each(['13912345678', '139 1234 5678', '+86 139-1234-5678', 'A1 13912345678'])(
  'a phone is kept in the tab, and out of addresses: %s',
  (text) => {
    const named = toAddress(text)
    expect(named).not.toMatch(/\d{5}/)
    expect(toAddress(text)).not.toBe(named)
    expect(fromAddress(named)).toBe(text)
  },
)

test.each(['5678', 'SO261121160000038', '7311139123456789012'])(
  'numbers of orders and parcels stay in the address: %s',
  (text) => {
    expect(toAddress(text)).toBe(text)
  },
)
