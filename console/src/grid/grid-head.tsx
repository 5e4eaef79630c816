import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import type { PointerEvent } from 'react'
import { useWords } from '@/i18n/words'
import { isDrawn, placeOf, WIDTH_MAX, WIDTH_MIN, type Column } from './columns'
import { PhoneLines } from './phone-lines'
import { gridWords } from './words'
import styles from './grid.module.css'

export interface Sort {
  field: string
  isDescending: boolean
}

interface Props<Row> {
  columns: readonly Column<Row>[]
  /** On a phone: which of them stand on which line. */
  lines: readonly (readonly Column<Row>[])[] | null
  sort: Sort | null
  isSelectable: boolean
  checked: 'all' | 'some' | 'none'
  onSort?: (sort: Sort | null) => void
  onCheckAll: () => void
  onWidth: (id: string, width: number) => void
}

/** Ascending, then descending, then as the list comes. */
export function nextSort(sort: Sort | null, field: string): Sort | null {
  if (sort?.field !== field) return { field, isDescending: false }
  return sort.isDescending ? null : { field, isDescending: true }
}

export function GridHead<Row>(props: Props<Row>) {
  const { columns, lines, sort, isSelectable, checked, onSort, onCheckAll, onWidth } = props
  const t = useWords(gridWords)
  const first = isSelectable ? 2 : 1
  const drawn = (column: Column<Row>) => {
    const isSorted = sort?.field === column.id
    const direction = sort?.isDescending ? 'descending' : 'ascending'
    const isSortable = column.isSortable && onSort
    return (
      <div
        key={column.id}
        role="columnheader"
        aria-colindex={first + columns.indexOf(column)}
        aria-sort={isSorted ? direction : undefined}
        className={styles.headCell}
        data-align={column.align}
        data-drawn={isDrawn(column)}
        data-pinned={lines ? undefined : column.isPinned}
        style={lines ? undefined : placeOf(column)}
      >
        {isSortable ? (
          <button
            type="button"
            className={styles.sort}
            onClick={() => {
              onSort(nextSort(sort, column.id))
            }}
          >
            {column.title}
            {isSorted && (sort.isDescending ? <ArrowDownOutlined /> : <ArrowUpOutlined />)}
          </button>
        ) : (
          <span className={styles.headText}>{column.title}</span>
        )}
        {!lines && <Resizer id={column.id} onWidth={onWidth} />}
      </div>
    )
  }

  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {isSelectable && (
          <div role="columnheader" aria-colindex={1} className={`${styles.headCell} ${styles.check}`} data-pinned>
            <input
              type="checkbox"
              aria-label={t('selectAll')}
              checked={checked === 'all'}
              ref={(box) => {
                if (box) box.indeterminate = checked === 'some'
              }}
              onChange={onCheckAll}
            />
          </div>
        )}
        {lines ? <PhoneLines lines={lines.slice(0, 2)}>{drawn}</PhoneLines> : columns.map(drawn)}
      </div>
    </div>
  )
}

/** Drawing goes by a style variable of the grid while the pointer is down; the width is kept when it is let go. */
function Resizer({ id, onWidth }: { id: string; onWidth: (id: string, width: number) => void }) {
  function onPointerDown(event: PointerEvent<HTMLSpanElement>): void {
    event.preventDefault()
    const handle = event.currentTarget
    const grid = handle.closest<HTMLElement>('[role="grid"]')
    const cell = handle.parentElement
    if (!grid || !cell) return
    const startX = event.clientX
    const startWidth = cell.offsetWidth
    let width = startWidth
    handle.setPointerCapture(event.pointerId)
    grid.toggleAttribute('data-resizing', true)
    handle.onpointermove = (move) => {
      width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, startWidth + move.clientX - startX))
      grid.style.setProperty(`--w-${id}`, `${width}px`)
    }
    handle.onpointerup = () => {
      handle.onpointermove = null
      handle.onpointerup = null
      grid.toggleAttribute('data-resizing', false)
      onWidth(id, width)
    }
  }
  return <span aria-hidden className={styles.resizer} onPointerDown={onPointerDown} />
}
