import type { Column } from './columns'

/** What a spreadsheet would take for a formula, as in the files of the exports. */
const FORMULA = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/
/** A negative amount is a number in the exports as well. */
const NEGATIVE = /^-\d{1,3}(,?\d{3})*(\.\d+)?%?$/
/** Spreadsheets show these as 1.23E+11, lose digits of them, or the zeros before them. */
const LONG_NUMBER = /^(\d{12,}|0\d+)$/

const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ').trim()

/** Text that stays text: nothing in it is worked out. */
export function neutral(text: string): string {
  return FORMULA.test(text) && !NEGATIVE.test(text) ? `'${text}` : text
}

function cellsOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[][] {
  const texts = (row: Row) => columns.map((column) => neutral(clean(column.text(row))))
  return [columns.map((column) => neutral(clean(column.title))), ...rows.map(texts)]
}

/** Rows as a spreadsheet takes them from the clipboard: a line of titles, then tab-separated cells. */
export function tsvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return cellsOf(rows, columns)
    .map((cells) => cells.join('\t'))
    .join('\n')
}

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** The same as a table, which Excel and WPS prefer: only there can long numbers be said to be text. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cell = (text: string) => `<td${isText(text) ? ` style="mso-number-format:'\\@'"` : ''}>${escaped(text)}</td>`
  const lines = cellsOf(rows, columns).map((cells) => `<tr>${cells.map(cell).join('')}</tr>`)
  return `<meta charset="utf-8"><table>${lines.join('')}</table>`
}

const isText = (text: string) => LONG_NUMBER.test(text) || text.startsWith("'")
