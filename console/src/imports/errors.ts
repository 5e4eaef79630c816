import type { Imported } from './send'

export type Problem = Imported['problems'][number]
type PreviewRow = NonNullable<Imported['preview']>['rows'][number]

/** A kind of mistake: what is wrong, and in which column. */
export const kindOf = ({ field, reason }: Pick<Problem, 'field' | 'reason'>) => `${field}|${reason}`

/** The mistakes of one kind; of all kinds when none is named. */
export function problemsOf(problems: readonly Problem[], kind: string | null): readonly Problem[] {
  return kind === null ? problems : problems.filter((problem) => kindOf(problem) === kind)
}

/** The mistakes of each row by its number. */
export function byRow(problems: readonly Problem[]): ReadonlyMap<number, readonly Problem[]> {
  const found = new Map<number, Problem[]>()
  for (const problem of problems) {
    const row = found.get(problem.row)
    if (row) row.push(problem)
    else found.set(problem.row, [problem])
  }
  return found
}

/** The rows to draw: those with a mistake of the kind looked at, else all that were sent. */
export function rowsOf(rows: readonly PreviewRow[], problems: readonly Problem[], isBadOnly: boolean): PreviewRow[] {
  if (!isBadOnly) return [...rows]
  const bad = byRow(problems)
  return rows.filter(({ row }) => bad.has(row))
}

const FIRST_CELLS = 40
const WIDTH_MIN = 96
const WIDTH_MAX = 260
const LETTER = 8.4
const SMALL_LETTER = 6.6
const PADDING = 24

/** How many letters a text is wide, Chinese characters counted twice. */
const lettersOf = (text: string) => [...text].reduce((sum, letter) => sum + (letter > '⺀' ? 2 : 1), 0)

/** How wide a column is: as its heading, its first cells and what is wrong in it (`whys`, by field) need. */
export function widthsOf(
  headings: readonly { text: string; field: string }[],
  rows: readonly PreviewRow[],
  whys: ReadonlyMap<string, readonly string[]>,
): number[] {
  return headings.map(({ text, field }, place) => {
    const cells = [text, ...rows.slice(0, FIRST_CELLS).map(({ cells }) => cells[place] ?? '')]
    const longest = Math.max(
      ...cells.map((cell) => lettersOf(cell) * LETTER),
      ...(whys.get(field) ?? []).map((why) => lettersOf(why) * SMALL_LETTER),
    )
    return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, longest + PADDING))
  })
}
