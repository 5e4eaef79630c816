import { CheckCircleOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Checkbox, Segmented, Select } from 'antd'
import { useCallback, useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum, useEnumOptions } from '@/api/enums'
import { useEvent } from '@/api/events'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { duration, instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { actorName } from '@/orders/actor'
import { Deadline } from '@/orders/deadline'
import { OrderDrawer } from '@/orders/order-drawer'
import { orderWords } from '@/orders/words'
import { ExceptionActions } from './actions'
import { KIND_TONES, type Exception } from './shapes'
import { exceptionWords } from './words'

const rowId = (row: Exception) => row.id

/** What waits for people, the most pressing first. */
export default function ExceptionsPage() {
  const t = useWords(exceptionWords)
  const cache = useQueryClient()
  const [params, setParams] = useSearchParams()
  const kinds = useEnumOptions('exception_kind')
  const kind = params.get('kind') ?? ''
  const owner = params.get('owner') ?? ''
  const isWithSnoozed = params.get('snoozed') === 'true'
  const open = params.get('open')
  useEvent('claims', () => void cache.invalidateQueries({ queryKey: ['exceptions'] }))
  useEvent('orders', () => void cache.invalidateQueries({ queryKey: ['exceptions'], refetchType: 'none' }))
  const put = useCallback(
    (name: string, value: string) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (value) next.set(name, value)
          else next.delete(name)
          return next
        },
        { replace: true },
      )
    },
    [setParams],
  )
  const onOpen = useCallback(
    (id: string) => {
      put('open', id)
    },
    [put],
  )
  const columns = useExceptionColumns(onOpen)
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <PagedGrid<Exception>
        id="exceptions"
        label={t('title')}
        columns={columns}
        queryKey={['exceptions', kind, owner, isWithSnoozed]}
        read={async (cursor, signal) => {
          const query = {
            kind: kind ? [kind] : undefined,
            owner: owner || undefined,
            snoozed: isWithSnoozed,
            cursor,
            limit: 200,
          }
          return given(await api.GET('/api/v1/lists/exceptions', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'exceptions', filters: { kind, owner, snoozed: isWithSnoozed } }]}
        onOpen={(row) => {
          if (row.order_id) onOpen(row.order_id)
        }}
        tools={
          <>
            <Select
              aria-label={t('kind')}
              value={kind}
              onChange={(value) => {
                put('kind', value)
              }}
              options={[{ value: '', label: `${t('kind')}: ${t('all')}` }, ...kinds]}
              style={{ minWidth: 150 }}
            />
            <Segmented
              aria-label={t('owner')}
              value={owner}
              onChange={(value) => {
                put('owner', value)
              }}
              options={[
                { value: '', label: t('anybody') },
                { value: 'me', label: t('mine') },
                { value: 'nobody', label: t('nobody') },
              ]}
            />
            <Checkbox
              checked={isWithSnoozed}
              onChange={(event) => {
                put('snoozed', event.target.checked ? 'true' : '')
              }}
            >
              {t('asleep')}
            </Checkbox>
          </>
        }
        empty={<EmptyState icon={<CheckCircleOutlined />} title={t('none')} text={t('noneHint')} />}
      />
      {open && (
        <OrderDrawer
          id={open}
          onClose={() => {
            put('open', '')
          }}
        />
      )}
    </Page>
  )
}

function useExceptionColumns(onOpen: (id: string) => void): Column<Exception>[] {
  const t = useWords(exceptionWords)
  const o = useWords(orderWords)
  const kind = useEnum('exception_kind')
  return useMemo(
    () => [
      {
        id: 'kind',
        title: t('kind'),
        width: 104,
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
      { id: 'text', title: t('what'), width: 150, text: (row) => row.text },
      { id: 'next', title: t('next'), width: 190, text: (row) => row.next_step },
      {
        id: 'ship_by_at',
        title: t('clock'),
        width: 130,
        text: (row) => instant(row.ship_by_at),
        render: (row) => <Deadline at={row.ship_by_at} />,
      },
      {
        id: 'since',
        title: t('since'),
        width: 78,
        text: (row) => duration(row.age_s),
      },
      {
        id: 'owner',
        title: t('owner'),
        width: 108,
        text: (row) =>
          row.snoozed_until
            ? t('snoozedUntil', { at: instant(row.snoozed_until) })
            : row.owner
              ? actorName(row.owner, o)
              : t('nobody'),
      },
      { id: 'actions', title: '', width: 244, text: () => '', render: (row) => <ExceptionActions row={row} /> },
    ],
    [t, o, kind, onOpen],
  )
}

function ReferenceLink({ row, onOpen }: { row: Exception; onOpen: (id: string) => void }) {
  const id = row.order_id
  if (!id)
    return (
      <Link to={row.order_no ? `/messages?key=${encodeURIComponent(row.order_no)}` : '/messages'}>
        {row.order_no || row.ref_id}
      </Link>
    )
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
