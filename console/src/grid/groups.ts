/** What the grid draws, line by line: rows, and headings of groups between them. */
export type Line<Row> =
  | { kind: 'row'; id: string; row: Row; index: number }
  | { kind: 'group'; id: string; label: string; count: number; isFolded: boolean }

/** What is known of one group of all that match, whether its rows are loaded or not. */
export interface GroupFigures {
  key: string
  count: number
  /** Further figures, in words. */
  note?: string
  /** Lists this group alone. */
  onOnly?: () => void
}

/** How rows are gathered: by the text that rows and groups have in common. */
export interface Grouping<Row> {
  keyOf: (row: Row) => string
  labelOf: (key: string) => string
  /** All groups in the order of the list; null while they are not known. */
  groups: readonly GroupFigures[] | null
  /** Whether no more was counted than there is. */
  isExact: boolean
}

/** Rows as lines; with `label`, gathered in groups: in the order of `known`, then in that in which they first appear. */
export function linesOf<Row>(
  rows: readonly Row[],
  rowId: (row: Row) => string,
  label: ((row: Row) => string) | null,
  folded: ReadonlySet<string>,
  known: readonly string[] = [],
): Line<Row>[] {
  if (label === null) return rows.map((row, index) => ({ kind: 'row', id: rowId(row), row, index }))
  const groups = new Map<string, Row[]>(known.map((name) => [name, []]))
  for (const row of rows) {
    const name = label(row)
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  const lines: Line<Row>[] = []
  let index = 0
  for (const [name, members] of groups) {
    const isFolded = folded.has(name)
    lines.push({ kind: 'group', id: `group:${name}`, label: name, count: members.length, isFolded })
    if (!isFolded) for (const row of members) lines.push({ kind: 'row', id: rowId(row), row, index: index++ })
  }
  return lines
}
