import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useImperativeHandle, useRef, type MouseEvent, type ReactNode, type Ref } from 'react'
import { useWords } from '@/i18n/words'
import type { Column } from './columns'
import { GridRow } from './grid-row'
import { GroupHead } from './group-head'
import type { GroupFigures, Grouping, Line } from './groups'
import type { Selection } from './selection'
import type { Rush } from './use-rush'
import type { Sight } from './use-sideways'
import { gridWords } from './words'
import styles from './grid.module.css'

/** What the grid asks of its lines. */
export interface LinesHandle {
  /** Scrolls until this line is in sight, drawn or not. */
  reveal: (index: number) => void
}

interface Props<Row> {
  ref: Ref<LinesHandle>
  lines: readonly Line<Row>[]
  /** Places behind the lines, for what is being fetched. */
  extra: number
  /** Behind the rows that are loaded may stand headings of groups that are not: more is fetched before those are reached. */
  loadedTo: number
  /** Of each line, in pixels. */
  height: number
  headHeight: number
  columnCount: number
  sight: Sight<Row>
  rush: Rush
  rowLines: readonly (readonly Column<Row>[])[] | null
  grouping: Grouping<Row> | null
  figures: ReadonlyMap<string, GroupFigures>
  /** Before the id of each row's element. */
  prefix: string
  selection: Selection | undefined
  selectLabel: string | null
  activeId: string | null
  onPress: (id: string, event: MouseEvent) => void
  onCheck: (id: string, isRange: boolean) => void
  onFold: (label: string) => void
  /** Told when the active row begins to be drawn, and when it no longer is. */
  onActiveDrawn: (isDrawn: boolean) => void
  hasMore: boolean | undefined
  onMore: (() => void) | undefined
}

const OVERSCAN = 12

/** The lines in sight and some beyond. They are what is drawn again while the grid is scrolled, frame by frame: what need not be stays outside. */
export function GridLines<Row>(props: Props<Row>) {
  const { lines, height, loadedTo, activeId, onActiveDrawn, hasMore, onMore, prefix } = props
  const t = useWords(gridWords)
  const body = useRef<HTMLDivElement>(null)

  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer renders by itself; nothing here is memoized by the compiler
  const virtual = useVirtualizer({
    count: lines.length + props.extra,
    getScrollElement: () => body.current?.parentElement ?? null,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // Drawn at once, before the box is measured.
    initialRect: { width: 1200, height: 800 },
    scrollPaddingStart: props.headHeight,
  })
  useEffect(() => {
    virtual.measure()
  }, [virtual, height])
  useImperativeHandle(props.ref, () => ({ reveal: (index) => virtual.scrollToIndex(index) }), [virtual])

  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= loadedTo - OVERSCAN * 3) onMore?.()
  }, [hasMore, onMore, last, loadedTo])

  const isActiveDrawn = activeId !== null && items.some((item) => lines[item.index]?.id === activeId)
  useEffect(() => {
    onActiveDrawn(isActiveDrawn)
    return () => {
      onActiveDrawn(false)
    }
  }, [onActiveDrawn, isActiveDrawn])

  return (
    <div ref={body} role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => drawLine(lines[item.index], item.index, item.start))}
    </div>
  )

  function drawLine(line: Line<Row> | undefined, index: number, top: number): ReactNode {
    if (line === undefined)
      return (
        <div key={`at-${index}`} role="row" className={`${styles.line} ${styles.skeleton}`} style={{ top }}>
          <div role="gridcell" aria-label={t('loading')} />
        </div>
      )
    if (line.kind === 'group')
      return (
        <div key={`at-${index}`} role="row" className={styles.line} style={{ top }}>
          <div role="gridcell" aria-colspan={props.columnCount}>
            <GroupHead
              label={props.grouping?.labelOf(line.label) ?? line.label}
              loaded={line.count}
              figures={props.figures.get(line.label)}
              isExact={props.grouping?.isExact ?? true}
              isFolded={line.isFolded}
              height={height}
              onFold={() => {
                props.onFold(line.label)
              }}
            />
          </div>
        </div>
      )
    return (
      <GridRow
        // What a cell keeps belongs to its row, not to the place: another row there begins anew. Of a row that moved between two
        // pages while they were read there are two: with the place they are not one to React.
        key={`${index}-${line.id}`}
        top={top}
        row={line.row}
        id={line.id}
        domId={`${prefix}${line.id}`}
        rowIndex={line.index + 2}
        sight={props.sight}
        rush={props.rush}
        lines={props.rowLines}
        selectLabel={props.selectLabel}
        isSelected={props.selection?.ids.has(line.id) ?? false}
        isActive={line.id === activeId}
        onPress={props.onPress}
        onCheck={props.onCheck}
      />
    )
  }
}
