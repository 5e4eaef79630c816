import { AppstoreOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { later } from '@/frame/later'
import { Page } from '@/frame/page'
import type { Column } from '@/grid/columns'
import { NOTHING } from '@/grid/selection'
import { useSelection } from '@/grid/use-selection'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { PagedGrid } from '@/lists/paged-grid'
import { ParamSelect } from '@/lists/param-select'
import { usePut } from '@/lists/use-put'
import { YesNo } from './active-cell'
import type { MasterSay } from './shop-names'
import { className, kindName, type Sku } from './sku-names'
import { SkuSearch } from './sku-search'
import { masterWords } from './words'

const BulkEdit = later(() => import('./bulk-edit').then((it) => it.BulkEdit))
const ProductDialog = later(() => import('./product-dialog').then((it) => it.ProductDialog))

const rowId = (row: Sku) => row.id
const KINDS = ['goods', 'bundle', 'service'] as const
const NEW = { code: '', name: '', kind: 'goods', goods_class: 'normal', is_on_sale: true } as Partial<Sku>

export default function ProductsPage() {
  const t = useWords(masterWords)
  const may = useMay()
  const [params] = useSearchParams()
  const put = usePut()
  const kind = KINDS.find((one) => one === params.get('kind'))
  const [code, setCode] = useState('')
  const [opened, setOpened] = useState<Partial<Sku> | null>(null)
  // Goods are gathered by one search after another; of another kind nothing is chosen.
  const [selection, setSelection] = useSelection(kind ?? '')
  const [bulk, setBulk] = useState<readonly Sku[] | null>(null)
  const [seen, setSeen] = useState<ReadonlyMap<string, Sku>>(new Map())
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Page
      isFilled
      title={t('products')}
      about={t('productsAbout')}
      actions={
        may('masters') && (
          <>
            {selection.ids.size > 0 && (
              <Button
                onClick={() => {
                  setBulk([...seen.values()].filter((sku) => selection.ids.has(sku.id)))
                }}
              >
                {t('bulkEdit', { count: selection.ids.size })}
              </Button>
            )}
            <Button
              type="primary"
              onClick={() => {
                setOpened(NEW)
              }}
            >
              {t('newOne')}
            </Button>
          </>
        )
      }
    >
      <PagedGrid<Sku>
        id="products"
        label={t('products')}
        columns={columns}
        queryKey={['skus', code, kind]}
        read={async (cursor, signal, sort) => {
          const query = { cursor, sort, limit: 200, code: code || undefined, kind }
          const page = given(await api.GET('/api/v1/catalog/skus', { params: { query }, signal }))
          setSeen((before) => new Map([...before, ...page.items.map((sku) => [sku.id, sku] as const)]))
          return page
        }}
        rowId={rowId}
        exports={[
          { list: 'products', filters: { code, kind: kind ?? '' }, label: t('products') },
          { list: 'bundles', filters: { code }, label: t('bundlesFile') },
        ]}
        onOpen={may('masters') ? setOpened : undefined}
        selection={selection}
        onSelection={setSelection}
        tools={
          <>
            <SkuSearch key={code} label={t('searchCode')} value={code} onValue={setCode} />
            <ParamSelect
              name="kind"
              label={t('kind')}
              options={KINDS.map((value) => ({ value, label: kindName(value, t) }))}
              width={130}
            />
          </>
        }
        empty={
          <NoMatch
            filters={{}}
            also={[
              kind !== undefined && {
                label: kindName(kind, t),
                lift: () => {
                  put({ kind: undefined })
                },
              },
              code !== '' && {
                label: code,
                lift: () => {
                  setCode('')
                },
              },
            ]}
          >
            <EmptyState icon={<AppstoreOutlined />} title={t('noProducts')} text={t('noProductsHint')}>
              <Link to="/imports?kind=products">{t('importFile')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
      {opened && (
        <ProductDialog
          sku={opened}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
      {bulk && (
        <BulkEdit
          skus={bulk}
          onClose={() => {
            setBulk(null)
            setSelection(NOTHING)
          }}
        />
      )}
    </Page>
  )
}

function columnsOf(t: MasterSay): Column<Sku>[] {
  return [
    { id: 'code', title: t('code'), width: 150, isPinned: true, text: (row) => row.code },
    { id: 'name', title: t('name'), width: 300, text: (row) => row.name },
    { id: 'kind', title: t('kind'), width: 90, text: (row) => kindName(row.kind ?? 'goods', t) },
    { id: 'goods_class', title: t('goodsClass'), width: 90, text: (row) => className(row.goods_class ?? '', t) },
    { id: 'category', title: t('category'), width: 120, text: (row) => row.category ?? '' },
    { id: 'brand', title: t('brand'), width: 120, text: (row) => row.brand ?? '' },
    { id: 'weight_g', title: t('weight'), width: 100, align: 'end', text: (row) => number(row.weight_g) },
    {
      id: 'volume_cm3',
      title: t('volume'),
      width: 140,
      align: 'end',
      isExtra: true,
      text: (row) => number(row.volume_cm3),
    },
    { id: 'barcodes', title: t('barcodes'), width: 160, text: (row) => (row.barcodes ?? []).join(' ') },
    {
      id: 'parts',
      title: t('parts'),
      width: 220,
      text: (row) => (row.parts ?? []).map((part) => `${part.code} × ${part.quantity ?? 1}`).join(', '),
    },
    {
      id: 'is_on_sale',
      line: 1,
      title: t('onSale'),
      width: 90,
      text: (row) => String(row.is_on_sale),
      render: (row) => <YesNo isYes={row.is_on_sale ?? true} />,
    },
    { id: 'product_name', title: t('productName'), width: 200, isExtra: true, text: (row) => row.product_name ?? '' },
  ]
}
