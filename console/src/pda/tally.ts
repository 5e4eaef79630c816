/** One line to be scanned: its codes, how many are wanted and how many were seen. */
export interface Line {
  key: string
  sku_code: string
  name: string
  barcodes: readonly string[]
  wanted: number
  seen: number
}

export type Scan = 'good' | 'wrong' | 'enough'

export interface Counted {
  result: Scan
  lines: Line[]
  /** Which line was counted last; null for what does not belong. */
  key: string | null
}

const fits = (line: Line, code: string) => line.sku_code === code || line.barcodes.includes(code)

/** Counts `times` scans on the lines that want them; all of them, or none. */
export function count(lines: readonly Line[], code: string, times = 1): Counted {
  const matching = lines.filter((line) => fits(line, code))
  const [first] = matching
  if (!first) return { result: 'wrong', lines: [...lines], key: null }
  const room = matching.reduce((sum, line) => sum + Math.max(line.wanted - line.seen, 0), 0)
  if (room < times) return { result: 'enough', lines: [...lines], key: first.key }
  let left = times
  let key = first.key
  const counted = lines.map((line) => {
    if (!matching.includes(line) || left === 0) return line
    const taken = Math.min(left, Math.max(line.wanted - line.seen, 0))
    if (taken > 0) key = line.key
    left -= taken
    return { ...line, seen: line.seen + taken }
  })
  return { result: 'good', lines: counted, key }
}

/** Counts goods that arrive: more than announced is taken too, on the last line of its goods. */
export function countArrival(lines: readonly Line[], code: string, times = 1): Counted {
  const within = count(lines, code, times)
  if (within.result !== 'enough') return within
  const key = lines.filter((line) => fits(line, code)).at(-1)?.key ?? null
  const more = lines.map((line) => (line.key === key ? { ...line, seen: line.seen + times } : line))
  return { result: 'enough', lines: more, key }
}

export const isComplete = (lines: readonly Line[]) => lines.every((line) => line.seen >= line.wanted)
export const seenOf = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + line.seen, 0)
export const wantedOf = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + line.wanted, 0)

/** What was seen, as the server wants it: by barcode where there is one. */
export function scansOf(lines: readonly Line[]): { barcode: string; quantity: number }[] {
  const byCode = new Map<string, number>()
  for (const { barcodes, sku_code, seen } of lines)
    if (seen > 0) byCode.set(barcodes[0] ?? sku_code, (byCode.get(barcodes[0] ?? sku_code) ?? 0) + seen)
  return [...byCode].map(([barcode, quantity]) => ({ barcode, quantity }))
}
