import { EyeOutlined } from '@ant-design/icons'
import { useMemo, type ReactNode } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import type { Column } from '@/grid/columns'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { actorName } from '@/orders/actor'
import { orderWords } from '@/orders/words'
import { peopleWords } from './words'

type Reveal = components['schemas']['RevealView']

const rowId = (row: Reveal) => row.id

/** Who looked at whose address, when and what for. */
export function Reveals({ tabs }: { tabs: ReactNode }) {
  const t = useWords(peopleWords)
  const o = useWords(orderWords)
  const columns = useMemo(
    (): Column<Reveal>[] => [
      { id: 'at', title: t('at'), width: 120, isPinned: true, text: (row) => instant(row.at) },
      { id: 'actor', title: t('actor'), width: 160, text: (row) => actorName(row.actor, o) },
      {
        id: 'order',
        title: t('order'),
        width: 190,
        text: (row) => row.order_no,
        render: (row) => <Link to={`/orders/${row.order_id}`}>{row.order_no}</Link>,
      },
      {
        id: 'which',
        title: t('which'),
        width: 130,
        text: (row) => t(row.which === 'platform' ? 'platformReceiver' : 'receiverInForce'),
      },
      { id: 'purpose', title: t('purpose'), width: 320, text: (row) => row.purpose },
      { id: 'address', title: t('address'), width: 150, text: (row) => row.address },
    ],
    [t, o],
  )
  return (
    <PagedGrid<Reveal>
      id="reveals"
      label={t('reveals')}
      columns={columns}
      queryKey={['reveals']}
      read={async (cursor, signal, sort) =>
        given(await api.GET('/api/v1/receiver-reveals', { params: { query: { cursor, sort } }, signal }))
      }
      rowId={rowId}
      tools={tabs}
      exports={[{ list: 'reveals' }]}
      empty={
        <EmptyState icon={<EyeOutlined />} title={t('noReveals')} text={t('noRevealsHint')}>
          <Link to="/orders">{t('toOrders')}</Link>
        </EmptyState>
      }
    />
  )
}
