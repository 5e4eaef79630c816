import { DiffOutlined } from '@ant-design/icons'
import { useMemo, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import { useEnum } from '@/api/enums'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useNameOf, useWarehouses } from '@/masters/options'
import { PagedGrid } from '@/lists/paged-grid'
import { actorName } from '@/orders/actor'
import { orderWords } from '@/orders/words'
import { comparisonWords } from './comparison-words'
import { stockWords } from './words'

type Comparison = components['schemas']['ComparisonView']

const rowId = (row: Comparison) => row.id

/** Every asking of a warehouse, newest first. */
export function Log({ tabs, ask }: { tabs: ReactNode; ask: ReactNode }) {
  const t = useWords(comparisonWords)
  const s = useWords(stockWords)
  const o = useWords(orderWords)
  const reason = useEnum('reason')
  const warehouseName = useNameOf(useWarehouses())
  const columns = useMemo(
    (): Column<Comparison>[] => [
      { id: 'asked_at', title: t('asked'), width: 130, isPinned: true, text: (row) => instant(row.asked_at) },
      { id: 'warehouse', title: s('warehouse'), width: 150, text: (row) => warehouseName(row.warehouse_code) },
      {
        id: 'by',
        title: t('askedBy'),
        width: 150,
        text: (row) => actorName(row.asked_by, o),
      },
      {
        id: 'state',
        title: t('state'),
        width: 120,
        text: (row) => t(runState(row)),
        render: (row) => (
          <Pill tone={row.error ? 'bad' : row.finished_at ? 'good' : 'progress'}>{t(runState(row))}</Pill>
        ),
      },
      { id: 'count', title: t('skus'), width: 100, align: 'end', text: (row) => number(row.asked) },
      { id: 'unknown', title: t('unknown'), width: 130, align: 'end', text: (row) => number(row.unknown) },
      {
        id: 'differing',
        line: 2,
        title: t('differing'),
        width: 130,
        align: 'end',
        text: (row) => number(row.differing),
      },
      { id: 'error', title: t('error'), width: 220, text: (row) => reason(row.error) },
    ],
    [t, s, o, reason, warehouseName],
  )
  return (
    <PagedGrid<Comparison>
      id="comparisons"
      label={t('log')}
      columns={columns}
      sortedAs="comparisons"
      queryKey={['comparisons']}
      read={async (cursor, signal, sort) =>
        given(await api.GET('/api/v1/stock/comparisons', { params: { query: { cursor, sort, limit: 200 } }, signal }))
      }
      rowId={rowId}
      tools={tabs}
      empty={
        <EmptyState icon={<DiffOutlined />} title={t('noLog')} text={t('noneHint')}>
          {ask}
        </EmptyState>
      }
    />
  )
}

const runState = (row: Comparison) => (row.error ? 'failed' : row.finished_at ? 'finished' : 'running')
