import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { problemOf } from '@/api/problems'
import { fieldNamed } from '@/frame/field-names'
import { ProblemView } from '@/frame/problem-view'
import { SEARCH_ID } from '@/frame/search-id'
import { troubleOf } from '@/frame/use-reading'
import { toastProblem } from '@/frame/toasts'
import { ColumnChooser } from '@/grid/column-chooser'
import { shownColumns, type Column } from '@/grid/columns'
import { DataGrid } from '@/grid/data-grid'
import type { Selection } from '@/grid/selection'
import { useLayout } from '@/grid/use-layout'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { ExportButton, toldFilters, type ExportOf } from './export-button'
import { PhoneSort } from './phone-sort'
import { usePut } from './use-put'
import { useSort } from './use-sort'
import { listWords } from './words'
import styles from './paged-grid.module.css'

export interface PageOf<Row> {
  items: Row[]
  next?: string | null
}

export interface PagedGridProps<Row> {
  id: string
  label: string
  columns: readonly Column<Row>[]
  queryKey: readonly unknown[]
  /** `sort`: the column that somebody wants it sorted by, as the API takes it. */
  read: (cursor: string, signal: AbortSignal, sort?: string) => Promise<PageOf<Row>>
  rowId: (row: Row) => string
  empty: ReactNode
  onOpen?: (row: Row) => void
  /** Told which row the keys or a click went to. */
  onActive?: (row: Row | null) => void
  /** The row that is active until somebody goes to another: the one the address has open. */
  isActiveFirst?: (row: Row) => boolean
  /** Told the rows in the order in which they are drawn, and whether there are more. */
  onRows?: (rows: readonly Row[], isMore: boolean) => void
  selection?: Selection
  onSelection?: (selection: Selection) => void
  /** Filters and switches on the left of the column button. */
  tools?: ReactNode
  /** What its button writes into a file: the list with its filters, the columns as on the screen. */
  exports?: readonly ExportOf[]
  /** The list by whose columns it is sorted (GET /lists/sorts), where that is not the one it exports. */
  sortedAs?: string
  /** Read anew whenever somebody comes to the page, however lately it was, and never while he is there: the page itself hears what happens. */
  isLive?: boolean
}

const LIVE = { staleTime: 0, refetchOnMount: 'always', refetchOnWindowFocus: false, refetchOnReconnect: false } as const

/** A grid over one of the API's plain lists: pages follow as somebody scrolls. */
export function PagedGrid<Row>(props: PagedGridProps<Row>) {
  const { id, queryKey, read, tools, exports, sortedAs, onActive, isActiveFirst, onRows, isLive, ...rest } = props
  const { columns, sort, sortText, onSort } = useSort(sortedAs ?? exports?.[0]?.list, props.columns)
  const [layout, setLayout] = useLayout(id)
  const [active, setActive] = useState<string | null>(null)
  const query = useInfiniteQuery({
    queryKey: sortText ? [...queryKey, 'sorted', sortText] : queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal, sortText || undefined),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    // Rows stay until they come in their new order.
    placeholderData: (before, query) => (isOfList(query?.queryKey, queryKey) ? before : undefined),
    ...(isLive && LIVE),
  })
  // What the list is not sorted by (or not so many rows of it) is told, and it stands as it comes.
  const isUnsortable = query.isError && problemOf(query.error).errors.some((one) => one.field === 'sort')
  const unsort = useRef(onSort)
  useEffect(() => {
    unsort.current = onSort
  })
  useEffect(() => {
    if (!isUnsortable) return
    toastProblem(query.error)
    unsort.current(null)
  }, [isUnsortable, query.error])
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = query
  useEffect(() => {
    onRows?.(rows, hasNextPage)
  }, [onRows, rows, hasNextPage])
  const first = isActiveFirst && rows.find(isActiveFirst)
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const total = useTotal(queryKey, exports?.[0], query.isPending ? 0 : rows.length, hasNextPage)
  const trouble = troubleOf(query)
  const [params] = useSearchParams()
  const refused = problemOf(query.error).errors.find(({ field }) => params.has(field))
  return (
    <>
      {trouble && (refused ? <AddressRefusal problem={query.error} name={refused.field} /> : trouble)}
      <div className={styles.tools}>
        {tools}
        <span className={styles.space} />
        <span className={styles.group}>
          {total && <span className={styles.total}>{total}</span>}
          <PhoneSort columns={columns} sortText={sortText} onSort={onSort} />
          {exports && (
            <ExportButton
              of={exports}
              columns={shownColumns(columns, layout).map((column) => column.id)}
              sort={sortText}
            />
          )}
          <ColumnChooser columns={columns} layout={layout} onLayout={setLayout} />
        </span>
      </div>
      {(query.data || !trouble) && (
        <DataGrid
          {...rest}
          columns={columns}
          rows={rows}
          layout={layout}
          onLayout={setLayout}
          sort={sort}
          onSort={onSort}
          activeId={active ?? (first ? rest.rowId(first) : null)}
          onActive={(id) => {
            setActive(id)
            onActive?.(rows.find((row) => rest.rowId(row) === id) ?? null)
          }}
          hasMore={query.hasNextPage}
          onMore={onMore}
          isLoading={query.isPending}
          isFetching={query.isFetching}
        />
      )}
    </>
  )
}

/** The address asks for what the list does not take: the way out is to ask for it no more. */
function AddressRefusal({ problem, name }: { problem: unknown; name: string }) {
  const t = useWords(listWords)
  const put = usePut()
  return (
    <ProblemView
      problem={problem}
      action={
        <Button
          size="small"
          onClick={() => {
            put({ [name]: null })
          }}
        >
          {t('lift', { filter: fieldNamed(name) ?? name })}
        </Button>
      }
    />
  )
}

/** Whether rows are kept for this list, however they are sorted. */
const isOfList = (kept: readonly unknown[] | undefined, key: readonly unknown[]): boolean =>
  kept !== undefined && JSON.stringify(kept.slice(0, key.length)) === JSON.stringify(key)

/** How many rows match, in words: counted where not all of them are loaded yet, as the file of the list would be. */
function useTotal(queryKey: readonly unknown[], of: ExportOf | undefined, loaded: number, isMore: boolean): string {
  const t = useWords(listWords)
  const { data } = useQuery({
    queryKey: [...queryKey, 'count'],
    queryFn: async ({ signal }) => {
      const f = Object.entries(toldFilters(of?.filters)).map(([name, value]) => `${name}:${value}`)
      return given(
        await api.GET('/api/v1/exports/count', { params: { query: { name: of?.list ?? 'products', f } }, signal }),
      )
    },
    enabled: isMore && of !== undefined,
  })
  if (loaded === 0) return ''
  if (!isMore) return t('total', { count: number(loaded) })
  // Rows may have come in since: never fewer than are there to be seen.
  const found = Math.max(data?.count ?? 0, loaded)
  return t('total', { count: `${number(found)}${data?.is_exact && data.count >= loaded ? '' : '+'}` })
}

interface SearchProps {
  label: string
  value: string
  onValue: (value: string) => void
}

/** The search field of a plain list: looked up on Enter, and when it is emptied. */
export function ListSearch({ label, value, onValue }: SearchProps) {
  const [text, setText] = useState(value)
  return (
    <Input.Search
      id={SEARCH_ID}
      allowClear
      aria-label={label}
      placeholder={label}
      className={styles.search}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        if (event.target.value === '') onValue('')
      }}
      onSearch={(wanted) => {
        onValue(wanted.trim())
      }}
    />
  )
}
