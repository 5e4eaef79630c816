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
import { useShops } from '@/masters/options'
import type { BoardProps } from './sellable'
import { stockWords } from './words'

type Row = components['schemas']['ShopGoodsView']

const rowId = (row: Row) => `${row.sku_id}-${row.shop_code}`
const isOversold = (row: Row) => row.shown !== null && row.shown > row.sellable

/** What each shop may sell of each SKU, as it is told, and what it shows. */
export function ByShop({ sku, tools, empty, onOpen }: BoardProps) {
  const t = useWords(stockWords)
  const shops = useShops()
  const [params] = useSearchParams()
  const shop = params.get('shop') ?? ''
  const columns = useMemo((): Column<Row>[] => {
    const units = (id: 'safety_quantity' | 'listings', title: string): Column<Row> => ({
      id,
      title,
      width: 100,
      align: 'end',
      text: (row) => number(row[id]),
    })
    return [
      { id: 'sku_code', title: t('sku'), width: 140, isPinned: true, text: (row) => row.sku_code },
      { id: 'sku_name', title: t('name'), width: 270, text: (row) => row.sku_name },
      { id: 'shop_name', title: t('shop'), width: 170, isGroupable: true, text: (row) => row.shop_name },
      {
        id: 'alarm',
        title: t('alarm'),
        width: 96,
        text: (row) => t(isOversold(row) ? 'oversold' : row.sellable === 0 ? 'low' : 'fine'),
        render: (row) =>
          isOversold(row) ? (
            <Pill tone="bad">{t('oversold')}</Pill>
          ) : row.sellable === 0 ? (
            <Pill tone="wait">{t('low')}</Pill>
          ) : (
            <span className="dim">{t('fine')}</span>
          ),
      },
      {
        id: 'sellable',
        title: t('sellable'),
        width: 100,
        align: 'end',
        text: (row) => number(row.sellable),
        render: (row) => <strong>{number(row.sellable)}</strong>,
      },
      {
        id: 'shown',
        title: t('shown'),
        width: 110,
        align: 'end',
        text: (row) => (row.shown === null ? '' : number(row.shown)),
        render: (row) => (row.shown === null ? <span className="dim">{t('notTold')}</span> : number(row.shown)),
      },
      units('safety_quantity', t('safety')),
      units('listings', t('listings')),
      { id: 'kind', title: t('kind'), width: 90, text: (row) => (row.kind === 'bundle' ? t('bundle') : '') },
    ]
  }, [t])
  return (
    <PagedGrid<Row>
      id="stock-by-shop"
      label={t('perShop')}
      columns={columns}
      sortedAs="by_shop"
      queryKey={['stock-by-shop', sku, shop]}
      read={async (cursor, signal, sort) => {
        const query = { cursor, sort, limit: 200, sku: sku || undefined, shop: shop || undefined }
        return given(await api.GET('/api/v1/stock/by-shop', { params: { query }, signal }))
      }}
      rowId={rowId}
      onOpen={(row) => {
        onOpen(row.sku_code)
      }}
      tools={
        <>
          {tools}
          <ParamSelect name="shop" label={t('shop')} options={shops} />
        </>
      }
      empty={empty}
    />
  )
}
