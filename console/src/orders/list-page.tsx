import { FilterOutlined, ReloadOutlined, ShoppingOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { useEvent } from '@/api/events'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { ColumnChooser } from '@/grid/column-chooser'
import { shownColumns, type Layout } from '@/grid/columns'
import { DataGrid } from '@/grid/data-grid'
import { NOTHING, type Selection } from '@/grid/selection'
import { useLayout } from '@/grid/use-layout'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { FilterBar } from '@/lists/filter-bar'
import { withRange } from '@/lists/filters'
import { useCount, useFields, useRows } from '@/lists/queries'
import { useListUrl } from '@/lists/use-list-url'
import { ViewPicker } from '@/lists/view-picker'
import { listWords } from '@/lists/words'
import { BulkBar } from './bulk/bulk-bar'
import { useOrderColumns } from './columns'
import { OrderDrawer } from './order-drawer'
import { QueueStrip } from './queue-strip'
import { SearchBox, type Finding } from './search-box'
import type { OrderRow } from './shapes'
import { orderWords } from './words'
import styles from './list-page.module.css'

const rowId = (row: OrderRow) => row.id

/** The page clerks live in: queues, filters, grid, drawer, bulk work. */
export default function OrderListPage() {
  const t = useWords(orderWords)
  const l = useWords(listWords)
  const cache = useQueryClient()
  const url = useListUrl()
  const { set } = url
  const [layout, setLayout] = useLayout('orders')
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const [finding, setFinding] = useState<Finding | null>(null)
  const [news, setNews] = useState(0)
  const fields = useFields('orders')
  const texts = useMemo(() => (finding ? [`order_no:is:${finding.found.join('|')}`] : url.texts), [finding, url.texts])
  const isNothingFound = finding?.found.length === 0
  const list = useRows<OrderRow>('orders', texts, url.sortText, !isNothingFound)
  const count = useCount('orders', url.texts)
  const open = useCallback(
    (id: string) => {
      set({ open: id })
    },
    [set],
  )
  const columns = useOrderColumns(fields, open)
  const columnIds = shownColumns(columns, layout).map((column) => column.id)
  const rows = isNothingFound ? [] : list.rows
  useEvent('orders', (data) => {
    const { changed } = data as { changed?: number }
    setNews((before) => before + (changed ?? 1))
  })
  const refresh = () => {
    setNews(0)
    for (const key of ['list', 'count', 'queues']) void cache.invalidateQueries({ queryKey: [key] })
  }
  const { fetchNextPage, isFetchingNextPage } = list
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const [active, setActive] = useState<string | null>(null)
  const move = (id: string | null) => {
    setActive(id)
    if (url.open && id) open(id)
  }
  const total = finding ? rows.length : count.data?.count
  return (
    <Page
      isFilled
      title={t('title')}
      about={
        total === undefined
          ? ''
          : t(url.texts.length > 0 || finding ? 'rows' : 'openRows', {
              total: `${number(total)}${count.data?.is_exact === false && !finding ? '+' : ''}`,
            })
      }
      actions={
        <>
          {news > 0 && (
            <Button type="primary" ghost icon={<ReloadOutlined />} onClick={refresh}>
              {l('newRows', { count: news })}
            </Button>
          )}
          <ViewPicker
            list="orders"
            url={url}
            layout={layout}
            columnIds={columnIds}
            onColumns={(ids) => {
              setLayout(layoutOf(ids, columns, layout))
            }}
          />
          <Select
            aria-label={t('group')}
            value={url.group ?? ''}
            onChange={(value) => {
              url.set({ group: value || null })
            }}
            options={[
              { value: '', label: t('noGroup') },
              ...columns
                .filter((one) => one.isGroupable)
                .map((one) => ({ value: one.id, label: `${t('group')}: ${one.title}` })),
            ]}
            style={{ minWidth: 120 }}
          />
          <ColumnChooser columns={columns} layout={layout} onLayout={setLayout} />
        </>
      }
    >
      <QueueStrip
        filters={url.texts}
        onChoose={(wanted) => {
          setFinding(null)
          url.apply(wanted, url.sortText || null, null)
        }}
      />
      <div className={styles.tools}>
        <SearchBox asked={url.find} finding={finding} onFinding={setFinding} />
        {!finding && (
          <FilterBar
            fields={fields}
            filters={url.filters}
            onFilters={(filters) => {
              url.setFilters(withRange(filters))
            }}
          />
        )}
      </div>
      {list.isError ? (
        <ProblemView problem={list.error} onAgain={() => void list.refetch()} />
      ) : (
        <DataGrid
          label={t('title')}
          columns={columns}
          rows={rows}
          rowId={rowId}
          layout={layout}
          onLayout={setLayout}
          sort={url.sort}
          onSort={url.setSort}
          groupBy={url.group}
          selection={selection}
          onSelection={setSelection}
          activeId={active ?? url.open}
          onActive={move}
          onOpen={(row) => {
            open(row.id)
          }}
          hasMore={list.hasNextPage && !isNothingFound}
          onMore={onMore}
          isLoading={list.isPending && !isNothingFound}
          isFetching={list.isFetching}
          empty={
            <NoOrders
              finding={finding}
              isFiltered={url.texts.length > 0}
              onClear={() => {
                setFinding(null)
                url.setFilters([])
              }}
            />
          }
        />
      )}
      <BulkBar
        selection={selection}
        active={active ?? url.open}
        filters={texts}
        total={total ?? rows.length}
        isTotalExact={finding !== null || (count.data?.is_exact ?? true)}
        rows={rows}
        columns={columnIds}
        onSelection={setSelection}
        onDone={refresh}
      />
      {url.open && (
        <OrderDrawer
          id={url.open}
          onClose={() => {
            url.set({ open: null })
          }}
        />
      )}
    </Page>
  )
}

/** The columns of a saved view as a layout: exactly these, in this order. */
function layoutOf(ids: string[], columns: readonly { id: string; isExtra?: boolean }[], layout: Layout): Layout {
  return {
    ...layout,
    order: ids,
    hidden: columns.filter((column) => !ids.includes(column.id)).map((column) => column.id),
    shown: columns.filter((column) => column.isExtra && ids.includes(column.id)).map((column) => column.id),
  }
}

function NoOrders({
  finding,
  isFiltered,
  onClear,
}: {
  finding: Finding | null
  isFiltered: boolean
  onClear: () => void
}) {
  const t = useWords(orderWords)
  if (finding) return <EmptyState icon={<FilterOutlined />} title={t('findEmpty')} text={t('findEmptyHint')} />
  if (isFiltered)
    return (
      <EmptyState icon={<FilterOutlined />} title={t('emptyFiltered')} text={t('emptyFilteredHint')}>
        <Button onClick={onClear}>{t('clearFilters')}</Button>
      </EmptyState>
    )
  return (
    <EmptyState icon={<ShoppingOutlined />} title={t('emptyAll')} text={t('emptyAllHint')}>
      <Link to="/shops">{t('connectShop')}</Link>
      <Link to="/imports?kind=orders">{t('importOrders')}</Link>
    </EmptyState>
  )
}
