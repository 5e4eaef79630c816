import type { Column } from './columns'

const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ')

/** Rows as a spreadsheet takes them from the clipboard: a line of titles, then tab-separated cells. */
export function tsvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map((column) => clean(column.title))]
  for (const row of rows) lines.push(columns.map((column) => clean(column.text(row))))
  return lines.map((cells) => cells.join('\t')).join('\n')
}
