/** One line to be scanned: its codes, how many are wanted and how many were seen. */
export interface Line {
  line_no: number
  sku_code: string
  name: string
  barcodes: readonly string[]
  wanted: number
  seen: number
}

export type Scan = 'good' | 'wrong' | 'enough'

/** Counts one scan on the first line that wants it. */
export function count(lines: readonly Line[], code: string): [Scan, Line[]] {
  const fits = (line: Line) => line.sku_code === code || line.barcodes.includes(code)
  const matching = lines.filter(fits)
  if (matching.length === 0) return ['wrong', [...lines]]
  const open = matching.find((line) => line.seen < line.wanted)
  if (!open) return ['enough', [...lines]]
  return ['good', lines.map((line) => (line === open ? { ...line, seen: line.seen + 1 } : line))]
}

export const isComplete = (lines: readonly Line[]) => lines.every((line) => line.seen >= line.wanted)
