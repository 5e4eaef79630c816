import { useCallback, useEffect, useId, useMemo, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { toast } from '@/frame/toasts'
import { usePreferences } from '@/frame/preferences'
import { useWords } from '@/i18n/words'
import { phoneLines, setWidth, shownColumns, widthOf, type Column, type Layout } from './columns'
import { GridHead, type Sort } from './grid-head'
import { GridLines, type LinesHandle } from './grid-lines'
import { linesOf, type Grouping } from './groups'
import { extend, toggle, toggleAll, type Selection } from './selection'
import { tableOf, tsvOf } from './tsv'
import { useCopy } from './use-copy'
import { useGridKeys } from './use-grid-keys'
import { useIsPhone } from './use-phone'
import { useRush } from './use-rush'
import { useSideways } from './use-sideways'
import { gridWords } from './words'
import styles from './grid.module.css'

export interface DataGridProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowId: (row: Row) => string
  layout: Layout
  onLayout: (layout: Layout) => void
  sort?: Sort | null
  onSort?: (sort: Sort | null) => void
  grouping?: Grouping<Row> | null
  selection?: Selection
  onSelection?: (selection: Selection) => void
  activeId: string | null
  onActive: (id: string | null) => void
  onOpen?: (row: Row) => void
  /** Told the ids of the rows as drawn: groups gather them anew, and a folded one hides its own. */
  onOrder?: (ids: readonly string[]) => void
  hasMore?: boolean
  onMore?: () => void
  isLoading?: boolean
  isFetching?: boolean
  empty: ReactNode
}

const CHECK_WIDTH = 38
const SKELETONS = 12
const NO_FOLDS: ReadonlySet<string> = new Set()

/** Dense virtual grid: a hundred thousand rows scroll, since only those in sight are drawn. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, rows, rowId, layout, onLayout, selection, onSelection, activeId, onActive, onOpen } = props
  const t = useWords(gridWords)
  const { isCompact } = usePreferences()
  const scroll = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const [folded, setFolded] = useState(NO_FOLDS)
  const shown = useMemo(() => shownColumns(columns, layout), [columns, layout])
  const sideways = useSideways(scroll, shown, layout)
  const rush = useRush(scroll)
  const isPhone = useIsPhone()
  const sight = useMemo(
    () => (isPhone ? { columns: shown, places: shown.map((_, place) => place), widths: [] } : sideways),
    [isPhone, shown, sideways],
  )
  const rowLines = useMemo(() => (isPhone ? phoneLines(shown) : null), [isPhone, shown])
  const height = rowLines
    ? 10 + rowLines.length * (isCompact ? 24 : 27) + (rowLines.length > 2 ? 6 : 0)
    : isCompact
      ? 32
      : 36
  const grouping = props.grouping ?? null
  const figures = useMemo(() => new Map(grouping?.groups?.map((group) => [group.key, group])), [grouping])
  const lines = useMemo(
    () => linesOf(rows, rowId, grouping && grouping.keyOf, folded, [...figures.keys()]),
    [rows, rowId, grouping, folded, figures],
  )
  const order = useMemo(() => lines.flatMap((line) => (line.kind === 'row' ? [line.id] : [])), [lines])
  const loadedTo = useMemo(() => lines.findLastIndex((line) => line.kind === 'row') + 1 || lines.length, [lines])
  const isSelectable = selection !== undefined && onSelection !== undefined

  const drawn = useRef<LinesHandle>(null)
  const [isActiveDrawn, setActiveDrawn] = useState(false)
  const reveal = useCallback(
    (id: string) => {
      const index = lines.findIndex((line) => line.id === id)
      if (index >= 0) drawn.current?.reveal(index)
    },
    [lines],
  )
  useGridKeys({ ...props, order, reveal })
  const { onOrder } = props
  useEffect(() => {
    onOrder?.(order)
  }, [onOrder, order])

  const byId = useMemo(() => new Map(rows.map((row) => [rowId(row), row])), [rows, rowId])
  // Rows keep their handlers for good: a choice draws one row again, not all of them.
  const latest = useRef({ selection, order, byId, onActive, onOpen, onSelection })
  useEffect(() => {
    latest.current = { selection, order, byId, onActive, onOpen, onSelection }
  })
  const onCheck = useCallback((id: string, isRange: boolean) => {
    const now = latest.current
    if (now.selection) now.onSelection?.(isRange ? extend(now.selection, id, now.order) : toggle(now.selection, id))
  }, [])
  const onPress = useCallback(
    (id: string, event: React.MouseEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, button, input')) return
      if (window.getSelection()?.type === 'Range') return
      const now = latest.current
      now.onActive(id)
      if ((event.ctrlKey || event.metaKey || event.shiftKey) && now.selection) onCheck(id, event.shiftKey)
      else {
        const row = now.byId.get(id)
        if (row !== undefined) now.onOpen?.(row)
      }
    },
    [onCheck],
  )

  useCopy(scroll, (to) => {
    const active = activeId === null ? undefined : byId.get(activeId)
    const wanted = selection?.ids.size
      ? rows.filter((row) => selection.ids.has(rowId(row)))
      : active === undefined
        ? []
        : [active]
    if (wanted.length === 0) return false
    to.setData('text/plain', tsvOf(wanted, shown))
    to.setData('text/html', tableOf(wanted, shown))
    toast(t('copied', { count: wanted.length }))
    return true
  })

  const count = selection?.ids.size ?? 0
  const isAll = useMemo(() => count > 0 && order.every((id) => selection?.ids.has(id)), [count, order, selection])

  return (
    <div className={styles.frame}>
      {props.isFetching && !props.isLoading && <div className={styles.bar} aria-hidden />}
      <div
        ref={scroll}
        role="grid"
        aria-label={props.label}
        aria-rowcount={props.hasMore ? -1 : lines.length + 1}
        aria-colcount={shown.length + (isSelectable ? 1 : 0)}
        aria-multiselectable={isSelectable || undefined}
        aria-busy={props.isLoading}
        aria-activedescendant={isActiveDrawn ? `${prefix}${activeId}` : undefined}
        tabIndex={0}
        className={styles.scroll}
        style={{ ...widthVariables(shown, layout, isSelectable), ...(rowLines && phoneVariables(height)) }}
        data-phone={isPhone || undefined}
      >
        <GridHead
          columns={shown}
          lines={rowLines}
          sort={props.sort ?? null}
          isSelectable={isSelectable}
          checked={isAll ? 'all' : count > 0 ? 'some' : 'none'}
          onSort={props.onSort}
          onCheckAll={() => {
            if (selection) onSelection?.(toggleAll(selection, order))
          }}
          onWidth={(id, width) => {
            onLayout(setWidth(layout, id, width))
          }}
        />
        {lines.length === 0 && !props.isLoading ? (
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell">{props.empty}</div>
            </div>
          </div>
        ) : (
          <GridLines
            ref={drawn}
            lines={lines}
            extra={props.isLoading ? SKELETONS : props.hasMore ? 3 : 0}
            loadedTo={loadedTo}
            height={height}
            headHeight={rowLines ? 56 : 34}
            columnCount={shown.length}
            sight={sight}
            rush={rush}
            rowLines={rowLines}
            grouping={grouping}
            figures={figures}
            prefix={prefix}
            selection={selection}
            selectLabel={isSelectable ? t('selectRow') : null}
            activeId={activeId}
            onPress={onPress}
            onCheck={onCheck}
            onFold={(label) => {
              const next = new Set(folded)
              if (!next.delete(label)) next.add(label)
              setFolded(next)
            }}
            onActiveDrawn={setActiveDrawn}
            hasMore={props.hasMore}
            onMore={props.onMore}
          />
        )}
      </div>
    </div>
  )
}

/** On a phone nothing is wider than the screen, and all rows are as high as their lines. */
function phoneVariables(height: number): CSSProperties {
  return { '--total': '100%', '--row': `${height}px` } as CSSProperties
}

/** Widths and the places of pinned columns as style variables, so that drawing a wider column draws no row again. */
function widthVariables<Row>(columns: readonly Column<Row>[], layout: Layout, isSelectable: boolean): CSSProperties {
  const style: Record<string, string> = {}
  let left = isSelectable ? CHECK_WIDTH : 0
  for (const column of columns) {
    const width = widthOf(column, layout)
    style[`--w-${column.id}`] = `${width}px`
    style[`--l-${column.id}`] = `${left}px`
    left += width
  }
  style['--total'] = `${left}px`
  style['--tracks'] = [
    ...(isSelectable ? [`${CHECK_WIDTH}px`] : []),
    ...columns.map((column) => `var(--w-${column.id})`),
  ].join(' ')
  return style
}
