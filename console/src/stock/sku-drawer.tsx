import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useMe } from '@/api/me'
import type { components } from '@/api/schema'
import { Panel } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { troubleOf, useReading } from '@/frame/use-reading'
import { SideDrawer } from '@/frame/side-drawer'
import stacked from '@/frame/stacked.module.css'
import { frameWords } from '@/frame/words'
import { instant, money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { ExportButton } from '@/lists/export-button'
import { useNameOf, useWarehouses } from '@/masters/options'
import table from '@/orders/order/order.module.css'
import { documentKindName, entryName } from './kinds'
import { stockWords } from './words'

type Entry = components['schemas']['EntryView']

/** One SKU: where its units are, and every entry that brought them there. */
export function SkuDrawer({ code, onClose }: { code: string; onClose: () => void }) {
  const t = useWords(stockWords)
  const name = useBalances(code).data?.[0]?.sku_name
  return (
    <SideDrawer
      isFlush
      name={
        <span>
          {t('sku')} {code} <span className="dim">{name}</span>
        </span>
      }
      tab={code}
      onClose={onClose}
    >
      <div className={table.drawerBody}>
        <Panel title={t('byWarehouse')} isFlush>
          <Warehouses code={code} />
        </Panel>
        <Panel title={t('byShop')} isFlush>
          <Shops code={code} />
        </Panel>
        <Panel title={t('entries')} isFlush extra={<ExportButton of={[{ list: 'entries', filters: { sku: code } }]} />}>
          <Entries code={code} />
        </Panel>
      </div>
    </SideDrawer>
  )
}

/** Its units by warehouse and grade. */
function useBalances(code: string) {
  return useReading({
    queryKey: ['balances-of', code],
    queryFn: async () =>
      given(await api.GET('/api/v1/stock/balances', { params: { query: { sku: code, limit: 200 } } })).items,
  })
}

function Warehouses({ code }: { code: string }) {
  const t = useWords(stockWords)
  const warehouse = useNameOf(useWarehouses())
  const { data, trouble } = useBalances(code)
  if (!data && trouble) return trouble
  return (
    <>
      {trouble}
      <table className={`${table.table} ${stacked.stacked}`}>
        <thead>
          <tr>
            <th>{t('warehouse')}</th>
            <th>{t('grade')}</th>
            <th className={table.end}>{t('onHand')}</th>
            <th className={table.end}>{t('reserved')}</th>
            <th className={table.end}>{t('inTransit')}</th>
            <th className={table.end}>{t('free')}</th>
          </tr>
        </thead>
        <tbody>
          {(data ?? []).map((row) => (
            <tr key={`${row.warehouse_id}-${row.grade}`}>
              <td className={stacked.whole}>
                <strong>{warehouse(row.warehouse_code)}</strong>
              </td>
              <td data-label={t('grade')}>{t(row.grade === 1 ? 'good' : 'defective')}</td>
              <td className={table.end} data-label={t('onHand')}>
                {number(row.on_hand)}
              </td>
              <td className={table.end} data-label={t('reserved')}>
                {number(row.reserved_hard + row.reserved_soft)}
              </td>
              <td className={table.end} data-label={t('inTransit')}>
                {number(row.in_transit)}
              </td>
              <td className={table.end} data-label={t('free')}>
                <strong>{number(row.free)}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

type ShopStock = components['schemas']['ShopStockView']

function Shops({ code }: { code: string }) {
  const t = useWords(stockWords)
  const me = useMe()
  const { data, trouble } = useReading({
    queryKey: ['shops-of', code],
    queryFn: async () => given(await api.GET('/api/v1/stock/shops', { params: { query: { sku: code } } })).items,
  })
  if (!data && trouble) return trouble
  if (data?.length === 0) return <p style={{ padding: 14 }}>{t(me.warehouses ? 'ofAllWarehouses' : 'notSold')}</p>
  return (
    <>
      {trouble}
      <table className={`${table.table} ${stacked.stacked}`}>
        <thead>
          <tr>
            <th>{t('shop')}</th>
            <th className={table.end}>{t('safety')}</th>
            <th className={table.end}>{t('sellable')}</th>
            <th>{t('listing')}</th>
            <th className={table.end}>{t('shown')}</th>
          </tr>
        </thead>
        <tbody>
          {(data ?? []).flatMap((row) => {
            const listings = row.listings.length > 0 ? row.listings : [null]
            return listings.map((listing, index) => (
              <tr key={`${row.shop_code}-${listing?.listing_id ?? ''}`}>
                <td className={stacked.whole}>{index === 0 && row.shop_name}</td>
                <td className={table.end} data-label={index === 0 ? t('safety') : undefined}>
                  {index === 0 && number(row.safety_quantity)}
                </td>
                <td className={table.end} data-label={index === 0 ? t('sellable') : undefined}>
                  {index === 0 && <strong>{number(row.sellable)}</strong>}
                </td>
                {listing ? <Shown row={row} listing={listing} /> : <td colSpan={2} />}
              </tr>
            ))
          })}
        </tbody>
      </table>
    </>
  )
}

function Shown({ row, listing }: { row: ShopStock; listing: ShopStock['listings'][number] }) {
  const t = useWords(stockWords)
  const isTold = listing.told_at !== null && listing.told_at !== undefined
  const isTooMuch = isTold && !listing.is_due && listing.shown > row.sellable
  return (
    <>
      <td className={stacked.whole}>
        {listing.title || listing.item_ref}
        {!isTold && <div className="dim">{t('notTold')}</div>}
      </td>
      <td className={table.end} data-label={isTold ? t('shown') : undefined}>
        {isTold && number(listing.shown)}
        {isTold && listing.is_due && <div className="dim">{t('beingTold')}</div>}
        {isTooMuch && (
          <div>
            <Pill tone="bad">{t('oversold')}</Pill>
          </div>
        )}
      </td>
    </>
  )
}

function Entries({ code }: { code: string }) {
  const t = useWords(stockWords)
  const f = useWords(frameWords)
  const entries = useInfiniteQuery({
    queryKey: ['entries', code],
    queryFn: async ({ pageParam }) =>
      given(
        await api.GET('/api/v1/stock/entries', { params: { query: { sku: code, cursor: pageParam, limit: 100 } } }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? []
  const trouble = troubleOf(entries)
  if (!entries.data && trouble) return trouble
  if (entries.isSuccess && rows.length === 0) return <p style={{ padding: 14 }}>{t('noEntries')}</p>
  return (
    <>
      {trouble}
      <table className={`${table.table} ${stacked.stacked}`}>
        <thead>
          <tr>
            <th>{t('occurred')}</th>
            <th>{t('kind')}</th>
            <th className={table.end}>{t('quantity')}</th>
            <th className={table.end}>{t('value')}</th>
            <th>{t('warehouse')}</th>
            <th>{t('cause')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <EntryRow key={`${row.document_id}-${row.document_line}-${row.kind}-${row.sequence}`} row={row} />
          ))}
        </tbody>
      </table>
      {entries.hasNextPage && (
        <Button type="link" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
          {f('more')}
        </Button>
      )}
    </>
  )
}

/** The order or the stock document behind an entry. */
function Cause({ row }: { row: Entry }) {
  const t = useWords(stockWords)
  if (row.order_id) return <Link to={`/orders/${row.order_id}`}>{row.order_no}</Link>
  if (!row.document_kind) return null
  return (
    <Link to={`/documents?open=${row.document_id}`}>
      {documentKindName(row.document_kind, t)} {row.document_no}
    </Link>
  )
}

function EntryRow({ row }: { row: Entry }) {
  const t = useWords(stockWords)
  const warehouse = useNameOf(useWarehouses())
  return (
    <tr>
      <td className={table.where}>{instant(row.occurred_at)}</td>
      <td>{entryName(row.kind, t)}</td>
      <td className={table.end} data-label={t('quantity')}>
        <strong>{row.quantity > 0 ? `+${number(row.quantity)}` : number(row.quantity)}</strong>
      </td>
      <td className={table.end} data-label={row.value_minor ? t('value') : undefined}>
        {row.value_minor ? money(row.value_minor) : null}
      </td>
      <td data-label={t('warehouse')}>{warehouse(row.warehouse_code)}</td>
      <td className={stacked.whole}>
        <Cause row={row} />
        <div className="dim" translate="no">
          {row.cause}
        </div>
      </td>
    </tr>
  )
}
