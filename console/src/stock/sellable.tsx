import { useMemo, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { Pill, type Tone } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { stockWords } from './words'

type Row = components['schemas']['SellableView']

export interface BoardProps {
  sku: string
  tools: ReactNode
  empty: ReactNode
  onOpen: (code: string) => void
}

/** Which alarms are shown: all of them (`true`), one kind, or every SKU (empty). */
export type Alarms = '' | 'true' | 'short' | 'oversold'

const rowId = (row: Row) => row.sku_id

function alarmOf(row: Row): ['oversold' | 'isShort' | 'low' | 'fine', Tone] {
  if (row.is_short || row.shown > row.sellable) return ['oversold', 'bad']
  if (row.short > 0) return ['isShort', 'bad']
  return row.sellable === 0 ? ['low', 'wait'] : ['fine', 'good']
}

/** What may be sold over all warehouses, with the quantities it is made of. */
export function Sellable({ sku, alarms, tools, empty, onOpen }: BoardProps & { alarms: Alarms }) {
  const t = useWords(stockWords)
  const columns = useMemo((): Column<Row>[] => {
    const units = (id: keyof Row & string, title: string): Column<Row> => ({
      id,
      title,
      width: 92,
      align: 'end',
      text: (row) => number(row[id] as number),
    })
    return [
      {
        id: 'sku_code',
        title: t('sku'),
        width: 120,
        isPinned: true,
        text: (row) => row.sku_code,
      },
      { id: 'sku_name', title: t('name'), width: 244, text: (row) => row.sku_name },
      {
        id: 'alarm',
        title: t('alarm'),
        width: 96,
        text: (row) => t(alarmOf(row)[0]),
        render: (row) => {
          const [word, tone] = alarmOf(row)
          return word === 'fine' ? <span className="dim">{t(word)}</span> : <Pill tone={tone}>{t(word)}</Pill>
        },
      },
      { ...units('sellable', t('sellable')), render: (row) => <strong>{number(row.sellable)}</strong> },
      units('on_hand', t('onHand')),
      units('reserved', t('reserved')),
      units('shown', t('shown')),
      units('in_transit', t('inTransit')),
      units('free', t('free')),
      units('held', t('held')),
      units('short', t('short')),
    ]
  }, [t])
  return (
    <PagedGrid<Row>
      id="sellable"
      label={t('title')}
      columns={columns}
      queryKey={['sellable', sku, alarms]}
      read={async (cursor, signal, sort) => {
        const alarm = alarms === 'short' || alarms === 'oversold' ? alarms : undefined
        const query = { cursor, sort, limit: 200, sku: sku ? [sku] : undefined, alarms_only: alarms === 'true', alarm }
        return given(await api.GET('/api/v1/stock/sellable', { params: { query }, signal }))
      }}
      rowId={rowId}
      exports={[{ list: 'sellable', filters: { sku, alarms } }]}
      onOpen={(row) => {
        onOpen(row.sku_code)
      }}
      tools={tools}
      empty={empty}
    />
  )
}
