import { DatabaseOutlined } from '@ant-design/icons'
import { Checkbox, Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { ListSearch } from '@/lists/paged-grid'
import { Balances } from './balances'
import { Sellable } from './sellable'
import { SkuDrawer } from './sku-drawer'
import { stockWords } from './words'

/** The stock board: by SKU or by warehouse, down to the entries of the ledger. */
export default function StockPage() {
  const t = useWords(stockWords)
  const [params, setParams] = useSearchParams()
  const isByWarehouse = params.get('by') === 'warehouse'
  const sku = params.get('sku') ?? ''
  const isAlarmsOnly = params.get('alarms') === 'true'
  const open = params.get('open')
  const put = (change: Record<string, string | null>) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(change)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    setParams(next, { replace: true })
  }
  const tools = (
    <>
      <Segmented
        value={isByWarehouse ? 'warehouse' : 'sku'}
        onChange={(by) => {
          put({ by: by === 'warehouse' ? by : null })
        }}
        options={[
          { value: 'sku', label: t('bySku') },
          { value: 'warehouse', label: t('byWarehouse') },
        ]}
      />
      {!isByWarehouse && (
        <Checkbox
          checked={isAlarmsOnly}
          onChange={(event) => {
            put({ alarms: event.target.checked ? 'true' : null })
          }}
        >
          {t('alarmsOnly')}
        </Checkbox>
      )}
      <ListSearch
        key={sku}
        label={t('search')}
        value={sku}
        onValue={(value) => {
          put({ sku: value || null })
        }}
      />
    </>
  )
  const empty = (
    <NoMatch filters={isByWarehouse ? { sku, warehouse: t('warehouse') } : { sku, alarms: t('alarmsOnly') }}>
      <EmptyState icon={<DatabaseOutlined />} title={t('none')} text={t('noneHint')}>
        <Link to="/imports?kind=stock">{t('importStock')}</Link>
        <Link to="/documents">{t('newEntry')}</Link>
      </EmptyState>
    </NoMatch>
  )
  const onOpen = (code: string) => {
    put({ open: code })
  }
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      {isByWarehouse ? (
        <Balances sku={sku} tools={tools} empty={empty} onOpen={onOpen} />
      ) : (
        <Sellable sku={sku} isAlarmsOnly={isAlarmsOnly} tools={tools} empty={empty} onOpen={onOpen} />
      )}
      {open && (
        <SkuDrawer
          code={open}
          onClose={() => {
            put({ open: null })
          }}
        />
      )}
    </Page>
  )
}
