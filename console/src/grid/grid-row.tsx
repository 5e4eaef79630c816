import { memo, type CSSProperties, type MouseEvent } from 'react'
import { isDrawn, isPlain, isSureToFit, leftOf, type Column } from './columns'
import { PhoneLines } from './phone-lines'
import { useIsBrief, type Rush } from './use-rush'
import type { Sight } from './use-sideways'
import styles from './grid.module.css'

interface Props<Row> {
  row: Row
  id: string
  domId: string
  /** Where it stands in the list, in pixels. */
  top: number
  /** Place in the whole list, from 2: the header is row 1. */
  rowIndex: number
  sight: Sight<Row>
  rush: Rush
  /** On a phone: which of them stand on which line. */
  lines: readonly (readonly Column<Row>[])[] | null
  /** What its checkbox is called: said by the grid once, not looked up by every row. None: rows are not chosen. */
  selectLabel: string | null
  isSelected: boolean
  isActive: boolean
  onPress: (id: string, event: MouseEvent) => void
  onCheck: (id: string, isRange: boolean) => void
}

/** A figure that does not tell by itself what it counts. */
const BARE = /^[-+\d.,]+$/

function isNamed<Row>(column: Column<Row>, row: Row): boolean {
  return column.isNamed ?? (column.align === 'end' && BARE.test(column.text(row)))
}

/** What is told to who points at a cell: all of it where it is drawn in short, or may be cut off. */
function told<Row>(column: Column<Row>, row: Row, text: string): string | undefined {
  return column.whole?.(row) || (column.render ? undefined : text) || undefined
}

interface Place {
  index: number
  /** In pixels; on a phone's line a cell is as wide as there is room. */
  width?: number
  style?: CSSProperties
}

/** Not a component of its own: there are a dozen of them in a row, and a row is drawn anew as a whole. */
function drawCell<Row>(column: Column<Row>, row: Row, { index, width, style }: Place) {
  const text = isPlain(column) ? column.text(row) : ''
  const isOnLine = width === undefined
  const fits = !isOnLine && isSureToFit(column, row, text, width)
  return (
    <div
      key={column.id}
      role="gridcell"
      aria-colindex={index}
      className={styles.cell}
      data-align={column.align}
      data-pinned={(!isOnLine && column.isPinned) || undefined}
      data-title={isOnLine && isNamed(column, row) ? column.title : undefined}
      data-drawn={isDrawn(column)}
      data-fits={fits || undefined}
      title={told(column, row, fits ? '' : text)}
      style={style}
    >
      {column.render ? column.render(row) : text}
    </div>
  )
}

function Row<R>(props: Props<R>) {
  const { row, id, domId, top, rowIndex, sight, lines, selectLabel, isSelected, isActive, onPress, onCheck } = props
  const isBrief = useIsBrief(props.rush)
  const isSelectable = selectLabel !== null
  const first = isSelectable ? 2 : 1
  const onLine = (column: Column<R>) => drawCell(column, row, { index: first + sight.columns.indexOf(column) })
  const across = () =>
    sight.columns.map((column, at) => {
      const place = sight.places[at] ?? at
      const index = first + place
      const follows = place === (sight.places[at - 1] ?? -1) + 1
      const style = column.isPinned ? leftOf(column) : follows ? undefined : { gridColumnStart: index }
      return drawCell(column, row, { index, width: sight.widths[at], style })
    })
  // What the eye can catch of a line that rushes by: its key.
  const inBrief = () => {
    const key = sight.columns[0]
    return (
      key && (
        <div
          role="gridcell"
          aria-colindex={first + (sight.places[0] ?? 0)}
          className={styles.brief}
          data-beside={isSelectable || undefined}
        >
          {key.text(row)}
        </div>
      )
    )
  }
  return (
    <div
      role="row"
      id={domId}
      aria-rowindex={rowIndex}
      aria-selected={isSelectable ? isSelected : undefined}
      className={`${styles.line} ${styles.row}`}
      data-brief={isBrief || undefined}
      style={{ top }}
      data-active={isActive}
      onClick={(event) => {
        // What a cell has opened above the page (a menu, a dialog) is no part of the row.
        if (event.target instanceof Node && event.currentTarget.contains(event.target)) onPress(id, event)
      }}
    >
      {isSelectable && !isBrief && (
        <div
          role="gridcell"
          aria-colindex={1}
          className={`${styles.cell} ${styles.check}`}
          data-pinned
          // A finger seldom hits the box itself.
          onClick={(event) => {
            event.stopPropagation()
            onCheck(id, event.shiftKey)
          }}
        >
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={selectLabel}
            checked={isSelected}
            onChange={() => undefined}
          />
        </div>
      )}
      {isBrief ? inBrief() : lines ? <PhoneLines lines={lines}>{onLine}</PhoneLines> : across()}
    </div>
  )
}

/** Drawn again only when its row, its marks or the columns change. */
export const GridRow = memo(Row) as typeof Row
