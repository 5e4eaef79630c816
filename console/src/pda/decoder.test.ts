import { describe, expect, it } from 'vitest'
import { readCode } from './decoder'

/** Bars of an EAN-13: which digits of the left half are written in the even set, and the seven modules of each digit. */
const EVEN = ['000000', '001011', '001101', '001110', '010011', '011001', '011100', '010101', '010110', '011010']
const ODD = [
  '0001101',
  '0011001',
  '0010011',
  '0111101',
  '0100011',
  '0110001',
  '0101111',
  '0111011',
  '0110111',
  '0001011',
]
const turned = (bars: string) => bars.replace(/[01]/g, (bar) => (bar === '0' ? '1' : '0'))
const backwards = (bars: string) => [...bars].reverse().join('')

function barsOf(code: string): string {
  const [first = 0, ...digits] = [...code].map(Number)
  const left = digits.slice(0, 6).map((digit, at) => {
    const odd = ODD[digit] ?? ''
    return EVEN[first]?.[at] === '1' ? backwards(turned(odd)) : odd
  })
  const right = digits.slice(6).map((digit) => turned(ODD[digit] ?? ''))
  return ['101', ...left, '01010', ...right, '101'].join('')
}

/** The picture of bars on white paper, three pixels a module, as a canvas gives it; `desk` (its grey) begins beside `margin` pixels of paper. */
function pictureOf(bars: string, { margin = 40, desk = 255 } = {}) {
  const module = 3
  const beside = desk === 255 ? 0 : 60
  const paper = bars.length * module + margin * 2
  const width = paper + beside * 2
  const height = 120
  const pixels = new Uint8ClampedArray(width * height * 4).fill(desk)
  for (let y = 0; y < height; y++) pixels.fill(255, (y * width + beside) * 4, (y * width + beside + paper) * 4)
  for (let y = 10; y < height - 10; y++)
    for (let x = 0; x < bars.length * module; x++)
      if (bars[Math.floor(x / module)] === '1')
        pixels.fill(20, (y * width + x + beside + margin) * 4, (y * width + x + beside + margin) * 4 + 3)
  return { pixels, width, height }
}

describe('our own reader of barcodes', () => {
  it.each(['6901234567892', '4006381333931'])('reads %s off a picture', (code) => {
    const { pixels, width, height } = pictureOf(barsOf(code))
    expect(readCode(pixels, width, height)).toBe(code)
  })

  it.each([100, 120, 160])('reads bars with hardly a margin on a desk as grey as %i by their ink', (desk) => {
    const { pixels, width, height } = pictureOf(barsOf('6901234567892'), { margin: 5, desk })
    expect(readCode(pixels, width, height)).toBeNull()
    expect(readCode(pixels, width, height, true)).toBe('6901234567892')
  })

  it.each([255, 120])('by the ink it reads what has a whole margin too, on a desk as grey as %i', (desk) => {
    const { pixels, width, height } = pictureOf(barsOf('4006381333931'), { desk })
    expect(readCode(pixels, width, height, true)).toBe('4006381333931')
  })

  it('tells nothing of a picture without a code, or with a wrong check digit', () => {
    const blank = new Uint8ClampedArray(200 * 100 * 4).fill(255)
    expect(readCode(blank, 200, 100)).toBeNull()
    const { pixels, width, height } = pictureOf(barsOf('6901234567893'))
    expect(readCode(pixels, width, height)).toBeNull()
  })
})
