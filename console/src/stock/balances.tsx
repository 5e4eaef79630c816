import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { ParamSelect } from '@/lists/param-select'
import { useNameOf, useWarehouses } from '@/masters/options'
import type { BoardProps } from './sellable'
import { stockWords } from './words'

type Row = components['schemas']['BalanceView']

const rowId = (row: Row) => `${row.sku_id}-${row.warehouse_id}-${row.grade}`

/** Units of each SKU in each warehouse. */
export function Balances({ sku, tools, empty, onOpen }: BoardProps) {
  const t = useWords(stockWords)
  const warehouses = useWarehouses()
  const warehouseName = useNameOf(warehouses)
  const [params] = useSearchParams()
  const warehouse = params.get('warehouse') ?? ''
  const columns = useMemo((): Column<Row>[] => {
    const units = (id: keyof Row & string, title: string, width = 96): Column<Row> => ({
      id,
      title,
      width,
      align: 'end',
      text: (row) => number(row[id] as number),
    })
    return [
      { id: 'sku_code', title: t('sku'), width: 120, isPinned: true, text: (row) => row.sku_code },
      { id: 'sku_name', title: t('name'), width: 230, text: (row) => row.sku_name },
      { id: 'warehouse_code', title: t('warehouse'), width: 150, text: (row) => warehouseName(row.warehouse_code) },
      { id: 'grade', title: t('grade'), width: 84, text: (row) => t(row.grade === 1 ? 'good' : 'defective') },
      {
        id: 'is_short',
        title: t('alarm'),
        width: 90,
        text: (row) => (row.is_short ? t('isShort') : ''),
        render: (row) => (row.is_short ? <Pill tone="bad">{t('isShort')}</Pill> : null),
      },
      { ...units('free', t('free')), line: 1, render: (row) => <strong>{number(row.free)}</strong> },
      units('on_hand', t('onHand')),
      units('reserved_hard', t('hard'), 120),
      units('reserved_soft', t('soft'), 120),
      units('in_transit', t('inTransit')),
    ]
  }, [t, warehouseName])
  return (
    <PagedGrid<Row>
      id="balances"
      label={t('byWarehouse')}
      columns={columns}
      queryKey={['balances', sku, warehouse]}
      read={async (cursor, signal, sort) => {
        const query = { cursor, sort, limit: 200, sku: sku || undefined, warehouse: warehouse || undefined }
        return given(await api.GET('/api/v1/stock/balances', { params: { query }, signal }))
      }}
      rowId={rowId}
      exports={[{ list: 'balances', filters: { sku, warehouse } }]}
      onOpen={(row) => {
        onOpen(row.sku_code)
      }}
      tools={
        <>
          {tools}
          <ParamSelect name="warehouse" label={t('warehouse')} options={warehouses} />
        </>
      }
      empty={empty}
    />
  )
}
