import type { ReactNode } from 'react'
import { widest } from './fits'

/** One definition of a column: what is shown, copied, sorted and grouped by. */
export interface Column<Row> {
  id: string
  title: string
  width: number
  align?: 'end'
  isPinned?: boolean
  isSortable?: boolean
  isGroupable?: boolean
  /** Left out until somebody chooses it. */
  isExtra?: boolean
  /** Where a phone's row shows it: keys on line 1, what matters most on line 2, buttons on line 3; nowhere is 0. See `phoneLines`. */
  line?: 0 | 1 | 2 | 3
  /** On a phone its heading stands before it: by itself it does not tell what it is. Bare figures always have theirs. */
  isNamed?: boolean
  /** The plain words: for copies, for groups, and for the cell itself when it has no `render`. */
  text: (row: Row) => string
  /** The same in full, for who points at it: a time with its seconds. Without it, words that do not fit are told so. */
  whole?: (row: Row) => string
  render?: (row: Row) => ReactNode
  /** How many pixels `render` draws beside the words of `text`; told where it draws just those. See `isSureToFit`. */
  extra?: (row: Row) => number
}

/** How one person likes a grid. Columns not named in `order` follow in the order of their definition. */
export interface Layout {
  order: string[]
  hidden: string[]
  shown: string[]
  widths: Record<string, number>
  /** Which columns stay in sight, or no more, by choice; the others as they are defined. */
  pinned: Record<string, boolean>
}

export const FIRST_LAYOUT: Layout = { order: [], hidden: [], shown: [], widths: {}, pinned: {} }
export const WIDTH_MIN = 48
export const WIDTH_MAX = 640
export const WIDTH_STEP = 24

/** All columns in the person's order. */
export function ordered<Row>(columns: readonly Column<Row>[], layout: Layout): Column<Row>[] {
  const rank = new Map(layout.order.map((id, index) => [id, index]))
  const place = (column: Column<Row>, index: number) => rank.get(column.id) ?? layout.order.length + index
  return columns
    .map((column, index) => ({ column, at: place(column, index) }))
    .sort((a, b) => a.at - b.at)
    .map(({ column }) => column)
}

export function isShown<Row>(column: Column<Row>, layout: Layout): boolean {
  return column.isExtra ? layout.shown.includes(column.id) : !layout.hidden.includes(column.id)
}

export function isPinned<Row>(column: Column<Row>, layout: Layout): boolean {
  return layout.pinned[column.id] ?? column.isPinned ?? false
}

/** Pins a column, or lets it go: what is as it was defined is not kept as a choice. */
export function togglePin<Row>(column: Column<Row>, layout: Layout): Layout {
  const { [column.id]: _, ...pinned } = layout.pinned
  const isNow = !isPinned(column, layout)
  return { ...layout, pinned: isNow === (column.isPinned ?? false) ? pinned : { ...pinned, [column.id]: isNow } }
}

/** The columns to draw: pinned ones first. */
export function shownColumns<Row>(columns: readonly Column<Row>[], layout: Layout): Column<Row>[] {
  const shown = ordered(columns, layout)
    .filter((column) => isShown(column, layout))
    .map((column) =>
      (column.isPinned ?? false) === isPinned(column, layout)
        ? column
        : { ...column, isPinned: isPinned(column, layout) },
    )
  return [...shown.filter((column) => column.isPinned), ...shown.filter((column) => !column.isPinned)]
}

/** The lines that columns without a hint stand on. */
const PLACES = [1, 1, 2, 2, 2]

/**
 * The lines of a phone's row. Of the columns without a hint the first two stand on line one, the next three on line two;
 * those without a title are buttons: line three. The others are not shown there.
 */
export function phoneLines<Row>(columns: readonly Column<Row>[]): Column<Row>[][] {
  const lines: Column<Row>[][] = [[], [], []]
  let unhinted = 0
  for (const column of columns) {
    const hint = column.line ?? (column.title === '' ? 3 : null)
    const at = hint ?? PLACES[unhinted++] ?? 0
    lines[at - 1]?.push(column)
  }
  return lines.filter((line) => line.length > 0)
}

export function widthOf<Row>(column: Column<Row>, layout: Layout): number {
  return layout.widths[column.id] ?? column.width
}

/** For the style: a state, time, link or button, which a phone's row keeps whole. */
export function isDrawn<Row>(column: Column<Row>): true | undefined {
  return column.render || column.whole ? true : undefined
}

/** Whether its cells are words and nothing that could be pressed. */
export function isPlain<Row>(column: Column<Row>): boolean {
  return !column.render || column.extra !== undefined
}

/** What a cell keeps free on both sides of its words, in pixels. */
const PADDING = 20

/**
 * Whether a cell so wide surely holds what it draws. Then nothing needs to be cut off at its edge; to the browser each edge
 * that cuts is a layer boundary, a dozen to every row, and a third of all work while scrolling.
 */
export function isSureToFit<Row>(column: Column<Row>, row: Row, text: string, width: number): boolean {
  if (!isPlain(column)) return false
  return widest(text) + (column.extra?.(row) ?? 0) <= width - PADDING
}

/** Where it is held when it stays in sight, by the grid's style variables. */
export function leftOf<Row>(column: Column<Row>): { left: string } {
  return { left: `var(--l-${column.id})` }
}

/** Its width, and where it is held when it stays in sight, by the grid's style variables. */
export function placeOf<Row>(column: Column<Row>): { width: string; left?: string } {
  return { width: `var(--w-${column.id})`, left: column.isPinned ? `var(--l-${column.id})` : undefined }
}

export function toggleColumn<Row>(column: Column<Row>, layout: Layout): Layout {
  const field = column.isExtra ? 'shown' : 'hidden'
  const ids = layout[field]
  return { ...layout, [field]: ids.includes(column.id) ? ids.filter((id) => id !== column.id) : [...ids, column.id] }
}

/** Moves a column by one place, among all columns. */
export function moveColumn<Row>(columns: readonly Column<Row>[], layout: Layout, id: string, by: -1 | 1): Layout {
  const ids = ordered(columns, layout).map((column) => column.id)
  const from = ids.indexOf(id)
  const to = from + by
  if (from < 0 || to < 0 || to >= ids.length) return layout
  ids.splice(to, 0, ...ids.splice(from, 1))
  return { ...layout, order: ids }
}

/** Makes a column wider (or narrower) by so many steps: what a drag of its edge does, without dragging. */
export function widen<Row>(column: Column<Row>, layout: Layout, steps: number): Layout {
  return setWidth(layout, column.id, widthOf(column, layout) + steps * WIDTH_STEP)
}

export function setWidth(layout: Layout, id: string, width: number): Layout {
  const fitting = Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)))
  return { ...layout, widths: { ...layout.widths, [id]: fitting } }
}
