import { memo, type MouseEvent } from 'react'
import { isDrawn, placeOf, type Column } from './columns'
import { PhoneLines } from './phone-lines'
import styles from './grid.module.css'

interface Props<Row> {
  row: Row
  id: string
  domId: string
  /** Place in the whole list, from 2: the header is row 1. */
  rowIndex: number
  columns: readonly Column<Row>[]
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

interface CellProps<Row> {
  column: Column<Row>
  row: Row
  index: number
  isOnLine: boolean
}

function Cell<Row>({ column, row, index, isOnLine }: CellProps<Row>) {
  const text = column.render ? undefined : column.text(row)
  return (
    <div
      role="gridcell"
      aria-colindex={index}
      className={styles.cell}
      data-align={column.align}
      data-pinned={isOnLine ? undefined : column.isPinned}
      data-title={isOnLine && isNamed(column, row) ? column.title : undefined}
      data-drawn={isDrawn(column)}
      title={text || undefined}
      style={isOnLine ? undefined : placeOf(column)}
    >
      {column.render ? column.render(row) : text}
    </div>
  )
}

function Row<R>(props: Props<R>) {
  const { row, id, domId, rowIndex, columns, lines, selectLabel, isSelected, isActive, onPress, onCheck } = props
  const isSelectable = selectLabel !== null
  const first = isSelectable ? 2 : 1
  const drawn = (column: Column<R>) => (
    <Cell key={column.id} column={column} row={row} index={first + columns.indexOf(column)} isOnLine={lines !== null} />
  )
  return (
    <div
      role="row"
      id={domId}
      aria-rowindex={rowIndex}
      aria-selected={isSelectable ? isSelected : undefined}
      className={styles.row}
      data-active={isActive}
      onClick={(event) => {
        // What a cell has opened above the page (a menu, a dialog) is no part of the row.
        if (event.target instanceof Node && event.currentTarget.contains(event.target)) onPress(id, event)
      }}
    >
      {isSelectable && (
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
      {lines ? <PhoneLines lines={lines}>{drawn}</PhoneLines> : columns.map(drawn)}
    </div>
  )
}

/** Drawn again only when its row, its marks or the columns change. */
export const GridRow = memo(Row) as typeof Row
