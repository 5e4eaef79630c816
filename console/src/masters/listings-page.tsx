import { LinkOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { toast, toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { refusalOf } from './results'
import { masterWords } from './words'

type Listing = components['schemas']['ListingView']

const rowId = (row: Listing) => row.id

/** What shops sell and which SKU that is; what is not mapped comes first. */
export default function ListingsPage() {
  const t = useWords(masterWords)
  const [params, setParams] = useSearchParams()
  const isAll = params.get('show') === 'all'
  const columns = useMemo(
    (): Column<Listing>[] => [
      {
        id: 'shop_code',
        title: t('shop'),
        width: 110,
        isPinned: true,
        isGroupable: true,
        text: (row) => row.shop_code,
      },
      { id: 'title', title: t('title'), width: 320, text: (row) => row.title ?? '' },
      { id: 'merchant_code', title: t('merchantCode'), width: 130, text: (row) => row.merchant_code ?? '' },
      { id: 'item_ref', title: t('itemRef'), width: 150, text: (row) => row.item_ref },
      {
        id: 'sku_code',
        title: t('sku'),
        width: 340,
        text: (row) => row.sku_code ?? '',
        render: (row) => (row.sku_code ? <span className="mono">{row.sku_code}</span> : <Mapper listing={row} />),
      },
    ],
    [t],
  )
  return (
    <Page isFilled title={t('listings')} about={t('listingsAbout')}>
      <PagedGrid<Listing>
        id="listings"
        label={t('listings')}
        columns={columns}
        queryKey={['listings', isAll]}
        read={async (cursor, signal) => {
          const query = { cursor, limit: 200 }
          return isAll
            ? given(await api.GET('/api/v1/catalog/listings', { params: { query }, signal }))
            : given(await api.GET('/api/v1/catalog/unmapped', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'listings', filters: { unmapped: !isAll } }]}
        tools={
          <Segmented
            value={isAll ? 'all' : 'unmapped'}
            onChange={(show) => {
              setParams(show === 'all' ? { show } : {}, { replace: true })
            }}
            options={[
              { value: 'unmapped', label: t('unmapped') },
              { value: 'all', label: t('allListings') },
            ]}
          />
        }
        empty={
          isAll ? (
            <EmptyState icon={<LinkOutlined />} title={t('noListings')} text={t('noListingsHint')}>
              <Link to="/shops">{t('toShops')}</Link>
              <Link to="/imports?kind=listings">{t('importFile')}</Link>
            </EmptyState>
          ) : (
            <EmptyState icon={<LinkOutlined />} title={t('noUnmapped')} text={t('noUnmappedHint')}>
              <Link to="/listings?show=all">{t('seeAllListings')}</Link>
            </EmptyState>
          )
        }
      />
    </Page>
  )
}

/** The SKU of an unmapped listing: taken from its merchant code with one click when there is such a SKU, else looked up. */
function Mapper({ listing }: { listing: Listing }) {
  const t = useWords(masterWords)
  const may = useMay()
  const cache = useQueryClient()
  const [code, setCode] = useState('')
  const suggestion = useSkuCodes(listing.merchant_code ?? '')
  const found = useSkuCodes(code)
  const save = useMutation({
    mutationFn: async (skuCode: string) => {
      const { id: _id, version: _version, ...row } = listing
      const refusal = refusalOf(
        given(await api.POST('/api/v1/catalog/listings', { body: { rows: [{ ...row, sku_code: skuCode }] } })),
      )
      if (refusal) throw refusal
      return skuCode
    },
    onSuccess: (skuCode) => {
      toast(t('mapped', { code: skuCode }))
      void cache.invalidateQueries({ queryKey: ['listings'] })
    },
    onError: toastProblem,
  })
  if (!may('masters')) return null
  return (
    <span>
      {suggestion[0] && (
        <Button
          size="small"
          type="primary"
          ghost
          loading={save.isPending}
          onClick={() => {
            save.mutate(suggestion[0] ?? '')
          }}
        >
          {t('suggest', { code: suggestion[0] })}
        </Button>
      )}{' '}
      <Select
        size="small"
        showSearch={{ filterOption: false, onSearch: setCode }}
        aria-label={t('chooseSku')}
        placeholder={t('chooseSku')}
        value={null}
        onChange={(value: string) => {
          save.mutate(value)
        }}
        options={found.map((value) => ({ value, label: value }))}
        style={{ width: 150 }}
      />
    </span>
  )
}

const NO_CODES: string[] = []

function useSkuCodes(code: string): string[] {
  const { data } = useQuery({
    queryKey: ['sku-codes', code],
    queryFn: async () =>
      given(await api.GET('/api/v1/catalog/skus', { params: { query: { code, limit: 10 } } })).items.map(
        (sku) => sku.code,
      ),
    enabled: code !== '',
    staleTime: 60_000,
  })
  return data ?? NO_CODES
}
