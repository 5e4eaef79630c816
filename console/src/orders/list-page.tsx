import { ReloadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useLocation } from 'react-router'
import { useNews } from '@/api/news'
import { later } from '@/frame/later'
import { Page } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { troubleOf } from '@/frame/use-reading'
import { ColumnChooser } from '@/grid/column-chooser'
import { DataGrid } from '@/grid/data-grid'
import { useSelection } from '@/grid/use-selection'
import type { Grouping } from '@/grid/groups'
import { money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { FilterBar } from '@/lists/filter-bar'
import { chipText, valueName } from '@/lists/filter-words'
import { readFilters, withRange, type Field, type Filter } from '@/lists/filters'
import { ListRefusal } from '@/lists/list-refusal'
import { PhoneSort } from '@/lists/phone-sort'
import { useCount, useFields, useGroups, useRows } from '@/lists/queries'
import { useListUrl } from '@/lists/use-list-url'
import { useViews } from '@/lists/use-views'
import { ViewPicker } from '@/lists/view-picker'
import { listWords } from '@/lists/words'
import { BulkBar } from './bulk/bulk-bar'
import { RecentJobs } from './bulk/recent-jobs'
import { groupKey, useOrderColumns } from './columns'
import { NoOrders } from './no-orders'
import { QueueStrip, useQueueNames } from './queue-strip'
import { SearchBox } from './search-box'
import type { OrderRow } from './shapes'
import { keepTrail } from './trail'
import { useFinding } from './use-finding'
import { orderWords } from './words'
import styles from './list-page.module.css'

const OrderDrawer = later(() => import('./order-drawer').then((it) => it.OrderDrawer), { isModal: false })

const rowId = (row: OrderRow) => row.id

/** The page clerks live in: queues, filters, grid, drawer, bulk work. */
export default function OrderListPage() {
  const t = useWords(orderWords)
  const l = useWords(listWords)
  const cache = useQueryClient()
  const url = useListUrl()
  const { set } = url
  const search = useFinding()
  const queues = useQueueNames()
  const { finding } = search
  const isSearch = search.asked !== null || search.isLost
  const fields = useFields('orders')
  const texts = useMemo(() => (finding ? [`order_no:is:${finding.found.join('|')}`] : url.texts), [finding, url.texts])
  const [selection, setSelection] = useSelection(texts.join('\n'))
  const isNothingFound = isSearch && !search.isLooking && !finding?.found.length
  // What was searched for is few orders, whatever they have in common.
  const groupField = isSearch ? undefined : fields.find((field) => field.name === url.group && field.is_groupable)
  const group = groupField?.name ?? ''
  const list = useRows<OrderRow>(
    'orders',
    texts,
    url.sortText,
    group,
    !isSearch || (finding !== null && !isNothingFound),
  )
  const count = useCount('orders', url.texts)
  const open = useCallback(
    (id: string) => {
      set({ open: id })
    },
    [set],
  )
  const columns = useOrderColumns(fields, open)
  const views = useViews('orders', url, columns)
  const { layout } = views
  const rows = isNothingFound || search.isLooking ? [] : list.rows
  const trouble = troubleOf(list)
  const news = useNews(list.asOf)
  const refresh = () => {
    for (const key of ['list', 'count', 'queues']) void cache.invalidateQueries({ queryKey: [key] })
  }
  const { fetchNextPage, isFetchingNextPage } = list
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const place = useLocation()
  const here = place.pathname + place.search.replace(/([?&])open=[^&]*&?/, '$1')
  const { hasNextPage } = list
  const onOrder = useCallback(
    (ids: readonly string[]) => {
      keepTrail('orders', { ids: [...ids], isMore: hasNextPage, back: here })
    },
    [hasNextPage, here],
  )
  const grouping = useOrderGroups(groupField, texts, url.setFilters)
  const [active, setActive] = useState<string | null>(null)
  const move = (id: string | null) => {
    setActive(id)
    if (url.open && id) open(id)
  }
  const total = isSearch ? finding?.found.length : count.data?.count
  return (
    <Page
      isFilled
      title={t('title')}
      about={
        total === undefined
          ? ''
          : t(url.texts.length > 0 || isSearch ? 'rows' : 'openRows', {
              count: total,
              total: `${number(total)}${(isSearch ? finding?.isCut : count.data?.is_exact === false) ? '+' : ''}`,
            })
      }
      actions={
        <>
          {news > 0 && (
            <Button type="primary" ghost icon={<ReloadOutlined />} onClick={refresh}>
              {l('newRows', { count: news })}
            </Button>
          )}
          <ViewPicker url={url} views={views} />
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
          <ColumnChooser columns={columns} layout={layout} onLayout={views.onLayout} />
          <RecentJobs onChanged={refresh} />
        </>
      }
    >
      <QueueStrip
        filters={url.texts}
        onChoose={(wanted) => {
          url.apply({ filters: wanted, sort: url.sortText, group: url.group ?? '', view: url.view })
        }}
      />
      <div className={styles.tools}>
        <SearchBox search={search} />
        {!isSearch && (
          <FilterBar
            fields={fields}
            filters={url.filters}
            named={queues}
            onFilters={(filters) => {
              url.setFilters(withRange(filters))
            }}
            onSearch={search.start}
          />
        )}
        <PhoneSort columns={columns} sortText={url.sortText} onSort={url.setSort} />
      </div>
      {search.error && (
        <ProblemView
          problem={search.error}
          onAgain={() => {
            search.start(search.asked ?? '')
          }}
        />
      )}
      {trouble && (
        <ListRefusal
          problem={list.error}
          fields={fields}
          url={url}
          onAgain={() => {
            void list.refetch()
          }}
        />
      )}
      {(list.data || !trouble) && (
        <DataGrid
          label={t('title')}
          columns={columns}
          rows={rows}
          rowId={rowId}
          layout={layout}
          onLayout={views.onLayout}
          sort={url.sort}
          onSort={url.setSort}
          grouping={grouping}
          selection={selection}
          onSelection={setSelection}
          activeId={active ?? url.open}
          onActive={move}
          onOpen={(row) => {
            open(row.id)
          }}
          onOrder={onOrder}
          hasMore={list.hasNextPage && !isNothingFound}
          onMore={onMore}
          isLoading={search.isLooking || (list.isPending && !isNothingFound)}
          isFetching={list.isFetching}
          empty={
            <NoOrders
              isSearch={isSearch}
              isFiltered={url.texts.length > 0}
              lifts={url.filters.map((filter, index) => ({
                label: chipText(fields, filter, l),
                lift: () => {
                  url.setFilters(url.filters.filter((_, at) => at !== index))
                },
              }))}
              onClear={() => {
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
        isTotalExact={isSearch || (count.data?.is_exact ?? true)}
        rows={rows}
        columns={views.here.columns}
        onSelection={setSelection}
        onDone={refresh}
      />
      {url.open && (
        <OrderDrawer
          id={url.open}
          trail="orders"
          onClose={() => {
            url.set({ open: null })
          }}
        />
      )}
    </Page>
  )
}

/** The groups of all orders that match: their names, figures, and the way to one alone. */
function useOrderGroups(
  field: Field | undefined,
  texts: readonly string[],
  onFilters: (filters: readonly Filter[]) => void,
): Grouping<OrderRow> | null {
  const l = useWords(listWords)
  const { data } = useGroups('orders', texts, field?.name ?? '')
  return useMemo(() => {
    if (field === undefined) return null
    const only = (filters: readonly string[]) => () => {
      const wanted = readFilters(filters)
      const others = readFilters(texts).filter((one) => !wanted.some((new_) => new_.field === one.field))
      onFilters([...others, ...wanted])
    }
    return {
      keyOf: (row) => groupKey(row, field),
      labelOf: (key) =>
        key
          .split('|')
          .map((code) => code && valueName(field, code, l))
          .join(' · '),
      groups:
        data?.groups.map(({ key, count, paid, filters }) => ({
          key,
          count,
          note: paid.map(({ amount_minor: minor, currency }) => money(minor, currency)).join(' · '),
          onOnly: filters ? only(filters) : undefined,
        })) ?? null,
      isExact: data?.is_exact ?? true,
    }
  }, [field, data, texts, onFilters, l])
}
