import { PrinterOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { instant, number } from '@/i18n/format'
import { defineWords, useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { ListSearch, PagedGrid } from '@/lists/paged-grid'
import { ParamSelect } from '@/lists/param-select'
import { usePut } from '@/lists/use-put'
import { actorName } from '@/orders/actor'
import { printWords } from '@/orders/print/words'
import { orderWords } from '@/orders/words'

import { PrintFiles } from './files'

type Print = components['schemas']['PrintView']

const words = defineWords('prints', {
  title: ['打印记录', 'Prints'],
  about: ['谁在什么时候打印了哪些订单；重复打印另有标记', 'Who printed which orders and when; reprints are marked'],
  at: ['时间', 'At'],
  actor: ['谁', 'Who'],
  again: ['重复打印', 'Reprint'],
  papers: ['张数', 'Papers'],
  fulfilments: ['发货单', 'Fulfilments'],
  orders: ['订单', 'Orders'],
  searchOrder: ['按单号查', 'Find an order number'],
  none: ['还没有打印过', 'Nothing has been printed yet'],
  noneHint: [
    '在订单列表里选中订单，按 P 打印拣货单、装箱单或面单；每次打印都会记在这里。',
    'Choose orders in their list and press P for pick lists, packing lists or labels: each print is kept here.',
  ],
  toOrders: ['去待打印的订单', 'To the orders to be printed'],
})

const PAPERS = ['pick_list', 'packing_list', 'label'] as const
const rowId = (row: Print) => row.id

/** What was printed, newest first. */
export default function PrintsPage() {
  const t = useWords(words)
  const p = useWords(printWords)
  const o = useWords(orderWords)
  const [params] = useSearchParams()
  const kind = PAPERS.find((one) => one === params.get('kind'))
  const orderNo = params.get('order_no') ?? ''
  const columns = useMemo(
    (): Column<Print>[] => [
      { id: 'at', title: t('at'), width: 130, isPinned: true, text: (row) => instant(row.at) },
      { id: 'kind', title: p('paper'), width: 120, text: (row) => p(row.kind) },
      { id: 'actor', title: t('actor'), width: 130, text: (row) => actorName(row.actor, o) },
      {
        id: 'is_again',
        title: t('again'),
        width: 110,
        text: (row) => (row.is_again ? t('again') : ''),
        render: (row) => (row.is_again ? <Pill tone="wait">{t('again')}</Pill> : null),
      },
      { id: 'papers', title: t('papers'), width: 84, align: 'end', text: (row) => number(row.papers) },
      { id: 'fulfilments', title: t('fulfilments'), width: 110, align: 'end', text: (row) => number(row.fulfilments) },
      {
        id: 'order_nos',
        title: t('orders'),
        width: 420,
        text: (row) => row.order_nos.join(' · '),
        render: (row) => (
          <Link to={`/orders?f=order_no:is:${row.order_nos.join('|')}`} title={row.order_nos.join('\n')}>
            {row.order_nos.slice(0, 2).join(' · ')}
            {row.order_nos.length > 2 && ' …'}
          </Link>
        ),
      },
      { id: 'format', title: p('format'), width: 84, text: (row) => row.format.toUpperCase() },
    ],
    [t, p, o],
  )
  const put = usePut()
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <PrintFiles />
      <PagedGrid<Print>
        id="prints"
        label={t('title')}
        columns={columns}
        queryKey={['prints', kind, orderNo]}
        read={async (cursor, signal, sort) => {
          const query = { cursor, sort, limit: 100, kind, order_no: orderNo || undefined }
          return given(await api.GET('/api/v1/prints', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'prints', filters: { kind, order_no: orderNo } }]}
        tools={
          <>
            <ParamSelect
              name="kind"
              label={p('paper')}
              options={PAPERS.map((value) => ({ value, label: p(value) }))}
              width={140}
            />
            <ListSearch
              key={orderNo}
              label={t('searchOrder')}
              value={orderNo}
              onValue={(value) => {
                put({ order_no: value })
              }}
            />
          </>
        }
        empty={
          <NoMatch filters={{ kind: p('paper'), order_no: orderNo }}>
            <EmptyState icon={<PrinterOutlined />} title={t('none')} text={t('noneHint')}>
              <Link to="/orders?f=to_print:is:true">{t('toOrders')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
    </Page>
  )
}
