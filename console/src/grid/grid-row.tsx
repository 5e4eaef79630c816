import { memo, type MouseEvent } from 'react'
import type { Column } from './columns'
import { useWords } from '@/i18n/words'
import { gridWords } from './words'
import styles from './grid.module.css'

interface Props<Row> {
  row: Row
  id: string
  domId: string
  /** Place in the whole list, from 2: the header is row 1. */
  rowIndex: number
  columns: readonly Column<Row>[]
  isSelectable: boolean
  isSelected: boolean
  isActive: boolean
  onPress: (id: string, event: MouseEvent) => void
  onCheck: (id: string, isRange: boolean) => void
}

function Cell<Row>({ column, row, index }: { column: Column<Row>; row: Row; index: number }) {
  const shown = column.render ? column.render(row) : column.text(row)
  return (
    <div
      role="gridcell"
      aria-colindex={index}
      className={styles.cell}
      data-align={column.align}
      data-pinned={column.isPinned}
      title={column.render ? undefined : column.text(row) || undefined}
      style={{ width: `var(--w-${column.id})`, left: column.isPinned ? `var(--l-${column.id})` : undefined }}
    >
      {shown}
    </div>
  )
}

function Row<R>({ row, id, domId, rowIndex, columns, isSelectable, isSelected, isActive, onPress, onCheck }: Props<R>) {
  const t = useWords(gridWords)
  const first = isSelectable ? 2 : 1
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
        <div role="gridcell" aria-colindex={1} className={`${styles.cell} ${styles.check}`} data-pinned>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('selectRow')}
            checked={isSelected}
            onChange={() => undefined}
            onClick={(event) => {
              event.stopPropagation()
              onCheck(id, event.shiftKey)
            }}
          />
        </div>
      )}
      {columns.map((column, index) => (
        <Cell key={column.id} column={column} row={row} index={first + index} />
      ))}
    </div>
  )
}

/** Drawn again only when its row, its marks or the columns change. */
export const GridRow = memo(Row) as typeof Row
