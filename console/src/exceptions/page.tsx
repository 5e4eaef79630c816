import { CheckCircleOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { useEnum, useEnumOptions } from '@/api/enums'
import { useEvent } from '@/api/events'
import { useMe } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { ProblemView } from '@/frame/problem-view'
import { ColumnChooser } from '@/grid/column-chooser'
import type { Column } from '@/grid/columns'
import { DataGrid } from '@/grid/data-grid'
import { useLayout } from '@/grid/use-layout'
import { duration, instant, secondsUntil } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useRows } from '@/lists/queries'
import { useListUrl } from '@/lists/use-list-url'
import { Deadline } from '@/orders/deadline'
import { OrderDrawer } from '@/orders/order-drawer'
import { ExceptionActions } from './actions'
import { KIND_TONES, type Exception } from './shapes'
import { exceptionWords } from './words'
import styles from '@/orders/list-page.module.css'

const rowId = (row: Exception) => row.id

/** What waits for people, the most pressing first. */
export default function ExceptionsPage() {
  const t = useWords(exceptionWords)
  const me = useMe()
  const cache = useQueryClient()
  const url = useListUrl()
  const kinds = useEnumOptions('exception_kind')
  const [layout, setLayout] = useLayout('exceptions')
  const [active, setActive] = useState<string | null>(null)
  const list = useRows<Exception>('exceptions', url.texts, url.sortText)
  useEvent('claims', () => void cache.invalidateQueries({ queryKey: ['list', 'exceptions'] }))
  const columns = useExceptionColumns((id) => {
    url.set({ open: id })
  })
  const { fetchNextPage, isFetchingNextPage } = list
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const valueOf = (field: string) => url.filters.find((filter) => filter.field === field)?.values[0] ?? ''
  const put = (field: string, value: string) => {
    const others = url.filters.filter((filter) => filter.field !== field)
    url.setFilters(value ? [...others, { field, op: 'is', values: [value] }] : others)
  }
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <div className={styles.tools}>
        <Segmented
          aria-label={t('kind')}
          value={valueOf('kind')}
          onChange={(value) => {
            put('kind', value)
          }}
          options={[{ value: '', label: t('all') }, ...kinds]}
        />
        <Segmented
          aria-label={t('owner')}
          value={valueOf('owner')}
          onChange={(value) => {
            put('owner', value)
          }}
          options={[
            { value: '', label: t('all') },
            { value: me.name, label: t('mine') },
          ]}
        />
        <span style={{ flex: 1 }} />
        <ColumnChooser columns={columns} layout={layout} onLayout={setLayout} />
      </div>
      {list.isError ? (
        <ProblemView problem={list.error} onAgain={() => void list.refetch()} />
      ) : (
        <DataGrid<Exception>
          label={t('title')}
          columns={columns}
          rows={list.rows}
          rowId={rowId}
          layout={layout}
          onLayout={setLayout}
          sort={url.sort}
          onSort={url.setSort}
          activeId={active}
          onActive={setActive}
          onOpen={(row) => {
            if (row.order_id) url.set({ open: row.order_id })
          }}
          hasMore={list.hasNextPage}
          onMore={onMore}
          isLoading={list.isPending}
          isFetching={list.isFetching}
          empty={<EmptyState icon={<CheckCircleOutlined />} title={t('none')} text={t('noneHint')} />}
        />
      )}
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

function useExceptionColumns(onOpen: (id: string) => void): Column<Exception>[] {
  const t = useWords(exceptionWords)
  const kind = useEnum('exception_kind')
  return useMemo(
    () => [
      {
        id: 'kind',
        title: t('kind'),
        width: 124,
        isPinned: true,
        text: (row) => kind(row.kind),
        render: (row) => <Pill tone={KIND_TONES[row.kind] ?? 'wait'}>{kind(row.kind)}</Pill>,
      },
      {
        id: 'order_no',
        title: t('order'),
        width: 178,
        text: (row) => row.order_no,
        render: (row) => <ReferenceLink row={row} onOpen={onOpen} />,
      },
      { id: 'text', title: t('what'), width: 180, text: (row) => row.text },
      { id: 'next', title: t('next'), width: 260, text: (row) => row.next_step },
      { id: 'ship_by_at', title: t('clock'), width: 130, isSortable: true, text: (row) => instant(row.ship_by_at), render: (row) => <Deadline at={row.ship_by_at} /> },
      { id: 'since', title: t('since'), width: 92, isSortable: true, text: (row) => duration(-secondsUntil(row.since)) },
      {
        id: 'owner',
        title: t('owner'),
        width: 130,
        text: (row) => (row.snoozed_until ? t('snoozedUntil', { at: instant(row.snoozed_until) }) : row.owner || t('nobody')),
      },
      { id: 'actions', title: '', width: 270, text: () => '', render: (row) => <ExceptionActions row={row} /> },
    ],
    [t, kind, onOpen],
  )
}

function ReferenceLink({ row, onOpen }: { row: Exception; onOpen: (id: string) => void }) {
  const id = row.order_id
  if (!id) return <Link to="/messages">{row.order_no || row.ref_id}</Link>
  return (
    <Link
      to={`/orders/${id}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) return
        event.preventDefault()
        onOpen(id)
      }}
    >
      {row.order_no}
    </Link>
  )
}
