import { LinkOutlined } from '@ant-design/icons'
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import type { Column } from '@/grid/columns'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { PagedGrid } from '@/lists/paged-grid'
import { ParamSelect } from '@/lists/param-select'
import { usePut } from '@/lists/use-put'
import { Mapper, Remapping, type Listing, type Unmapped } from './mapper'
import { useNameOf, useShops } from './options'
import { SureDialog } from './sure-dialog'
import { masterWords } from './words'
import styles from './masters.module.css'

type Row = Listing | Unmapped

const rowId = (row: Row) => row.id
const PAGE = 50

/** What shops sell and which SKU that is; what is not mapped comes first, with what it may be. */
export default function ListingsPage() {
  const t = useWords(masterWords)
  const [params] = useSearchParams()
  const isAll = params.get('show') === 'all'
  const shop = params.get('shop') ?? ''
  const only = params.get('only')
  const may = useMay()
  const shops = useShops()
  const [remapped, setRemapped] = useState<Listing | null>(null)
  const [isTakingSure, setTakingSure] = useState(false)
  const put = usePut()
  const shopName = useNameOf(shops)
  const columns = useMemo(
    (): Column<Row>[] => [
      {
        id: 'shop_code',
        line: 2,
        title: t('shop'),
        width: 220,
        isPinned: true,
        isGroupable: true,
        text: (row) => shopName(row.shop_code),
      },
      { id: 'title', line: 1, title: t('title'), width: 320, text: (row) => row.title ?? '' },
      { id: 'merchant_code', line: 2, title: t('merchantCode'), width: 130, text: (row) => row.merchant_code ?? '' },
      { id: 'item_ref', line: 0, title: t('itemRef'), width: 150, text: (row) => row.item_ref },
      ...(isAll
        ? []
        : [
            {
              id: 'waiting_orders',
              title: t('waitingOrders'),
              width: 110,
              align: 'end' as const,
              text: (row: Row) => ('waiting_orders' in row ? number(row.waiting_orders) : ''),
            },
          ]),
      {
        id: 'sku_code',
        line: isAll ? 1 : 3,
        title: t('sku'),
        width: isAll ? 220 : 620,
        text: (row) => row.sku_code ?? '',
        render: (row) =>
          'suggestions' in row ? (
            <Mapper listing={row} />
          ) : (
            <span className="mono">{row.sku_code || t('unmapped')}</span>
          ),
      },
    ],
    [t, isAll, shopName],
  )
  return (
    <Page isFilled title={t('listings')} about={t('listingsAbout')}>
      <PagedGrid<Row>
        id={isAll ? 'listings' : 'unmapped-listings'}
        label={t('listings')}
        columns={columns}
        queryKey={['listings', isAll, shop, only]}
        read={async (cursor, signal, sort) => {
          if (isAll) {
            const query = { cursor, sort, limit: 200, code: shop || undefined }
            return given(await api.GET('/api/v1/catalog/listings', { params: { query }, signal }))
          }
          const query = { cursor, sort, limit: PAGE, shop: shop || undefined, id: only?.split('|') }
          return given(await api.GET('/api/v1/catalog/unmapped', { params: { query }, signal }))
        }}
        onOpen={isAll && may('masters') ? setRemapped : undefined}
        rowId={rowId}
        sortedAs={isAll ? 'listings' : 'unmapped'}
        exports={only ? undefined : [{ list: 'listings', filters: { unmapped: !isAll, shop } }]}
        tools={
          only ? (
            <span className={styles.only} role="status">
              {t(isAll ? 'onlyImported' : 'onlyThese')}
              {/* An import has brought them, or an exception is about them. */}
              {isAll ? (
                <Link to="/listings?show=all">{t('seeAllListings')}</Link>
              ) : (
                <>
                  <Link to="/exceptions">{t('toExceptions')}</Link>
                  <Link to="/listings">{t('allUnmapped')}</Link>
                </>
              )}
            </span>
          ) : (
            <>
              <Segmented
                value={isAll ? 'all' : 'unmapped'}
                onChange={(show) => {
                  put({ show: show === 'all' ? show : '' })
                }}
                options={[
                  { value: 'unmapped', label: t('unmapped') },
                  { value: 'all', label: t('allListings') },
                ]}
              />
              <ParamSelect name="shop" label={t('shop')} options={shops} />
              {!isAll && may('masters') && (
                <Button
                  onClick={() => {
                    setTakingSure(true)
                  }}
                >
                  {t('takeSure')}
                </Button>
              )}
            </>
          )
        }
        empty={
          shop ? (
            <NoMatch filters={{ shop: t('shop') }}>{null}</NoMatch>
          ) : isAll ? (
            <EmptyState icon={<LinkOutlined />} title={t('noListings')} text={t('noListingsHint')}>
              <Link to="/shops">{t('toShops')}</Link>
              <Link to="/imports?kind=listings">{t('importFile')}</Link>
            </EmptyState>
          ) : (
            <EmptyState icon={<LinkOutlined />} title={t('noUnmapped')} text={t('noUnmappedHint')}>
              <Link to={only ? '/exceptions' : '/listings?show=all'}>
                {t(only ? 'toExceptions' : 'seeAllListings')}
              </Link>
            </EmptyState>
          )
        }
      />
      {remapped && (
        <Remapping
          key={remapped.id}
          listing={remapped}
          onClose={() => {
            setRemapped(null)
          }}
        />
      )}
      {isTakingSure && (
        <SureDialog
          shop={shop}
          onClose={() => {
            setTakingSure(false)
          }}
        />
      )}
    </Page>
  )
}
