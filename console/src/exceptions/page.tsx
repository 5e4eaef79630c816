import { CheckCircleOutlined, ReloadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Segmented, Select } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum, useEnumOptions } from '@/api/enums'
import { useEvent } from '@/api/events'
import { EmptyState } from '@/frame/empty-state'
import { later } from '@/frame/later'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { PagedGrid } from '@/lists/paged-grid'
import { listWords } from '@/lists/words'
import { actorName } from '@/orders/actor'
import { Deadline } from '@/orders/deadline'
import { OrderKeys } from '@/orders/order-keys'
import { keepTrail } from '@/orders/trail'
import { orderWords } from '@/orders/words'
import { ExceptionActions } from './actions'
import { AddressFix } from './address-fix'
import { Age, ageOf } from './age'
import { useExceptionNews } from './news'
import { OtherDrawer } from './other-drawer'
import { ReferenceLink } from './reference-link'
import { useRenewing, useResting } from './renewing'
import { KIND_TONES, saidOf, type Exception } from './shapes'
import { What } from './what'
import { exceptionWords } from './words'

const OrderDrawer = later(() => import('@/orders/order-drawer').then((it) => it.OrderDrawer), { isModal: false })

const rowId = (row: Exception) => row.id

/** What waits for people, the most pressing first. Rows stand still while people read: news is counted and comes when it is asked for. */
export default function ExceptionsPage() {
  const t = useWords(exceptionWords)
  const l = useWords(listWords)
  const cache = useQueryClient()
  const [params, setParams] = useSearchParams()
  const kinds = useEnumOptions('exception_kind')
  const kind = params.get('kind') ?? ''
  const owner = params.get('owner') ?? ''
  const isWithSnoozed = params.get('snoozed') === 'true'
  const open = params.get('open')
  const sorted = params.get('sort') ?? undefined
  const [active, setActive] = useState<Exception | null>(null)
  const place = useLocation()
  const here = place.pathname + place.search.replace(/([?&])open=[^&]*&?/, '$1')
  // By its ids: the row may go from the list, or another may stand in its place, while somebody writes.
  const [editing, setEditing] = useState<{ id: string; orderId: string } | null>(null)
  const { count, isBehind, on } = useExceptionNews()
  const shown = useRef<readonly string[]>([])
  const renew = useRenewing()
  const renewShown = useCallback(() => {
    renew(shown.current).catch(on.lost)
  }, [renew, on])
  const read = async (cursor: string, signal?: AbortSignal, sort = sorted) => {
    const asked = { kind: kind ? [kind] : undefined, owner: owner || undefined, snoozed: isWithSnoozed, sort }
    const query = { ...asked, cursor, limit: 200 }
    return given(await api.GET('/api/v1/lists/exceptions', { params: { query }, signal }))
  }
  const look = async () => {
    const { items, next } = await read('')
    const before = new Set(shown.current)
    // While the list itself is still on its way, nobody can say what it will lack.
    if (cache.isFetching({ queryKey: ['exceptions'] }) > 0) return { unseen: 0, isMore: true }
    return { unseen: items.filter(({ id }) => !before.has(id)).length, isMore: Boolean(next) }
  }
  useEvent('hello', () => {
    renewShown()
    on.hello(look).catch(on.lost)
  })
  useEvent('claims', renewShown)
  useEvent('orders', useResting(renewShown))
  useEvent('exceptions', (data) => {
    const { changed = 1 } = data as { changed?: number }
    on.told(changed)
  })
  const refresh = () => {
    void cache.invalidateQueries({ queryKey: ['exceptions'] })
  }
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
  const onClose = () => {
    put('open', '')
  }
  // The open drawer follows the keyboard; a row about no order has a drawer of its own.
  const onActive = (row: Exception | null) => {
    setActive(row)
    if (open && row?.order_id) onOpen(row.order_id)
  }
  const onRows = useCallback(
    (rows: readonly Exception[], isMore: boolean) => {
      shown.current = rows.map((row) => row.id)
      const ids = rows.flatMap((row) => row.order_id ?? [])
      keepTrail('exceptions', { ids, isMore, back: here })
      // Keys never work on a row that has gone from the list.
      setActive((before) => rows.find((row) => row.id === before?.id) ?? null)
    },
    [here],
  )
  const onAddress = useCallback(({ id, order_id: orderId }: Exception) => {
    if (orderId) setEditing({ id, orderId })
  }, [])
  const onAddressEnd = () => {
    setEditing(null)
    if (editing) renew([editing.id], { isOwn: true }).catch(toastProblem)
  }
  const columns = useExceptionColumns(onOpen, onAddress)
  return (
    <Page
      isFilled
      title={t('title')}
      about={t('about')}
      actions={
        (count > 0 || isBehind) && (
          <Button type="primary" ghost icon={<ReloadOutlined />} onClick={refresh}>
            {isBehind ? t('mayBeBehind') : l('newRows', { count })}
          </Button>
        )
      }
    >
      <PagedGrid<Exception>
        id="exceptions"
        isLive
        label={t('title')}
        columns={columns}
        queryKey={['exceptions', kind, owner, isWithSnoozed]}
        read={async (cursor, signal, sort) => {
          const onRead = cursor === '' ? on.asking() : null
          const page = await read(cursor, signal, sort)
          onRead?.()
          return page
        }}
        rowId={rowId}
        onActive={onActive}
        isActiveFirst={(row) => open !== null && row.order_id === open}
        onRows={onRows}
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
        empty={
          <NoMatch filters={{ kind: t('kind'), owner: t('owner') }}>
            <EmptyState icon={<CheckCircleOutlined />} title={t('none')} text={t('noneHint')}>
              <Link to="/orders">{t('toOrders')}</Link>
              <Link to="/health">{t('toHealth')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
      {open && active && !active.order_id && <OtherDrawer row={active} onAddress={onAddress} onClose={onClose} />}
      {open && (!active || active.order_id) && <OrderDrawer id={open} trail="exceptions" hasKeys onClose={onClose} />}
      {editing && <AddressFix key={editing.id} orderId={editing.orderId} onClose={onAddressEnd} />}
      <OrderKeys order={!open && active?.order_id ? { id: active.order_id, no: active.order_no } : null} />
    </Page>
  )
}

function useExceptionColumns(onOpen: (id: string) => void, onAddress: (row: Exception) => void): Column<Exception>[] {
  const t = useWords(exceptionWords)
  const o = useWords(orderWords)
  const kind = useEnum('exception_kind')
  return useMemo(
    () => [
      {
        id: 'kind',
        title: t('kind'),
        line: 1,
        width: 112,
        isPinned: true,
        text: (row) => kind(row.kind),
        render: (row) => <Pill tone={KIND_TONES[row.kind] ?? 'wait'}>{kind(row.kind)}</Pill>,
      },
      {
        id: 'order_no',
        title: t('order'),
        line: 1,
        width: 158,
        text: (row) => row.order_no,
        render: (row) => <ReferenceLink row={row} onOpen={onOpen} />,
      },
      {
        id: 'text',
        title: t('what'),
        width: 214,
        line: 2,
        text: (row) => [...saidOf(row, t), row.text].join(' · '),
        render: (row) => <What row={row} />,
      },
      { id: 'next', title: t('next'), width: 188, line: 2, text: (row) => row.next_step },
      {
        id: 'ship_by_at',
        title: t('clock'),
        line: 1,
        width: 130,
        text: (row) => instant(row.ship_by_at),
        render: (row) => <Deadline at={row.ship_by_at} />,
      },
      {
        id: 'since',
        line: 2,
        title: t('since'),
        width: 74,
        text: (row) => ageOf(row.since),
        render: (row) => <Age since={row.since} />,
      },
      {
        id: 'owner',
        line: 3,
        title: t('owner'),
        width: 84,
        text: (row) =>
          row.snoozed_until
            ? t('snoozedUntil', { at: instant(row.snoozed_until) })
            : row.owner
              ? actorName(row.owner, o)
              : t('nobody'),
      },
      {
        id: 'actions',
        title: '',
        width: 286,
        text: () => '',
        render: (row) => <ExceptionActions row={row} onAddress={onAddress} />,
      },
    ],
    [t, o, kind, onOpen, onAddress],
  )
}
