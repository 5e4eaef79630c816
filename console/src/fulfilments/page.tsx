import { SendOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum, useEnumOptions } from '@/api/enums'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { instant, money, number, weight } from '@/i18n/format'
import { defineWords, useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { ListSearch, PagedGrid } from '@/lists/paged-grid'
import { ParamSelect } from '@/lists/param-select'
import { usePut } from '@/lists/use-put'
import { useCarriers, useNameOf, useWarehouses } from '@/masters/options'
import { Deadline } from '@/orders/deadline'
import { FULFILMENT_TONES } from '@/orders/shapes'

type Fulfilment = components['schemas']['FulfilmentView']

const words = defineWords('fulfilments', {
  title: ['发货单', 'Fulfilments'],
  about: [
    '每个仓库要发的货；已发出的在订单里看',
    'What each warehouse has to send; those sent are shown with their orders',
  ],
  no: ['发货单号', 'Fulfilment no.'],
  order: ['订单', 'Order'],
  openOrder: ['打开订单', 'Open the order'],
  search: ['发货单号、订单号、平台单号、运单号', 'Fulfilment, order or waybill no.'],
  state: ['状态', 'State'],
  holds: ['挂起原因', 'Held because'],
  warehouse: ['仓库', 'Warehouse'],
  carrier: ['快递', 'Carrier'],
  due: ['计划下发', 'Release due'],
  shipBy: ['最晚发货', 'Ship by'],
  weight: ['重量', 'Weight'],
  freight: ['运费', 'Freight'],
  members: ['合并', 'Merged'],
  created: ['生成', 'Made'],
  released: ['下发', 'Released'],
  wms: ['仓库单号', 'Warehouse ref.'],
  toOrders: ['去审核订单', 'To the orders'],
  none: ['没有待发的发货单', 'Nothing waits to be sent'],
  noneHint: [
    '订单通过审核并分仓后，会在这里等待下发与出库。',
    'Orders show up here once they are audited and sourced.',
  ],
})

const rowId = (row: Fulfilment) => row.id

export default function FulfilmentsPage() {
  const t = useWords(words)
  const state = useEnum('fulfilment_state')
  const reason = useEnum('reason')
  const states = useEnumOptions('fulfilment_state')
  const warehouses = useWarehouses()
  const warehouseName = useNameOf(warehouses)
  const carrierName = useNameOf(useCarriers())
  const [params] = useSearchParams()
  const chosenState = params.get('state') ?? ''
  const warehouse = params.get('warehouse') ?? ''
  const found = params.get('number') ?? ''
  const put = usePut()
  const columns = useMemo(
    (): Column<Fulfilment>[] => [
      { id: 'no', title: t('no'), width: 130, isPinned: true, text: (row) => row.no ?? '' },
      {
        id: 'state',
        title: t('state'),
        width: 110,
        text: (row) => state(row.state),
        render: (row) => <Pill tone={FULFILMENT_TONES[row.state] ?? 'quiet'}>{state(row.state)}</Pill>,
      },
      {
        id: 'order_id',
        title: t('order'),
        width: 180,
        text: (row) => row.order_no ?? row.order_id,
        render: (row) => <Link to={`/orders/${row.order_id}`}>{row.order_no ?? t('openOrder')}</Link>,
      },
      {
        id: 'holds',
        title: t('holds'),
        width: 200,
        text: (row) => row.holds?.map(reason).join(' · ') ?? '',
      },
      { id: 'warehouse', title: t('warehouse'), width: 150, text: (row) => warehouseName(row.warehouse_code) },
      { id: 'carrier', title: t('carrier'), width: 150, text: (row) => carrierName(row.carrier_code) },
      { id: 'due', title: t('due'), width: 112, text: (row) => instant(row.release_due_at) },
      {
        id: 'ship_by',
        title: t('shipBy'),
        width: 130,
        text: (row) => instant(row.ship_by_at),
        render: (row) => <Deadline at={row.ship_by_at} />,
      },
      {
        id: 'members',
        title: t('members'),
        width: 72,
        align: 'end',
        text: (row) => (row.members?.length ? number(row.members.length + 1) : ''),
      },
      { id: 'weight', title: t('weight'), width: 92, align: 'end', text: (row) => weight(row.weight_g) },
      { id: 'freight', title: t('freight'), width: 92, align: 'end', text: (row) => money(row.freight_minor) },
      { id: 'created', title: t('created'), width: 112, text: (row) => instant(row.created_at) },
      { id: 'released', title: t('released'), width: 112, text: (row) => instant(row.released_at) },
      { id: 'wms', title: t('wms'), width: 130, text: (row) => row.wms_ref },
    ],
    [t, state, reason, warehouseName, carrierName],
  )
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <PagedGrid<Fulfilment>
        id="fulfilments"
        label={t('title')}
        columns={columns}
        queryKey={['fulfilments', chosenState, warehouse, found]}
        read={async (cursor, signal, sort) => {
          const query = {
            sort,
            cursor,
            limit: 200,
            state: (chosenState || undefined) as never,
            warehouse: warehouse || undefined,
            number: found || undefined,
          }
          return given(await api.GET('/api/v1/fulfilments', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'fulfilments', filters: { state: chosenState, warehouse, number: found } }]}
        tools={
          <>
            <ListSearch
              key={found}
              label={t('search')}
              value={found}
              onValue={(value) => {
                put({ number: value })
              }}
            />
            <ParamSelect name="state" label={t('state')} options={states} width={150} />
            <ParamSelect name="warehouse" label={t('warehouse')} options={warehouses} />
          </>
        }
        empty={
          <NoMatch filters={{ number: found, state: t('state'), warehouse: t('warehouse') }}>
            <EmptyState icon={<SendOutlined />} title={t('none')} text={t('noneHint')}>
              <Link to="/orders">{t('toOrders')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
    </Page>
  )
}
