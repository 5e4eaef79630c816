import { CheckCircleOutlined, DatabaseOutlined } from '@ant-design/icons'
import { Button, Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { SkuSearch } from '@/masters/sku-search'
import { usePut } from '@/lists/use-put'
import { listWords } from '@/lists/words'
import { Balances } from './balances'
import { ByShop } from './by-shop'
import { Sellable, type Alarms } from './sellable'
import { SkuDrawer } from './sku-drawer'
import { stockWords } from './words'

const BYS = ['sku', 'warehouse', 'shop'] as const
type By = (typeof BYS)[number]
const BY_WORDS = { sku: 'bySku', warehouse: 'byWarehouse', shop: 'perShop' } as const
const ALARM_WORDS = { '': 'allSkus', true: 'alarmsOnly', short: 'onlyShort', oversold: 'onlyOversold' } as const
const ALARMS = ['', 'true', 'short', 'oversold'] as const satisfies readonly Alarms[]

/** The stock board: by SKU, by warehouse or by shop, down to the entries of the ledger. */
export default function StockPage() {
  const t = useWords(stockWords)
  const [params] = useSearchParams()
  const by: By = BYS.find((one) => one === params.get('by')) ?? 'sku'
  const sku = params.get('sku') ?? ''
  const alarms = ALARMS.find((one) => one === params.get('alarms')) ?? ''
  const open = params.get('open')
  const put = usePut()
  const tools = (
    <>
      <Segmented
        value={by}
        onChange={(value) => {
          put({ by: value === 'sku' ? null : value })
        }}
        options={BYS.map((value) => ({ value, label: t(BY_WORDS[value]) }))}
      />
      {by === 'sku' && (
        <Select<Alarms>
          aria-label={t('alarm')}
          value={alarms}
          onChange={(value) => {
            put({ alarms: value })
          }}
          options={ALARMS.map((value) => ({ value, label: t(ALARM_WORDS[value]) }))}
          style={{ width: 128 }}
        />
      )}
      <SkuSearch
        key={sku}
        label={t('search')}
        value={sku}
        onValue={(value) => {
          put({ sku: value || null })
        }}
      />
    </>
  )
  const board = {
    sku,
    tools,
    onOpen: (code: string) => {
      put({ open: code })
    },
  }
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      {by === 'warehouse' && <Balances {...board} empty={<Nothing filters={{ sku, warehouse: t('warehouse') }} />} />}
      {by === 'shop' && <ByShop {...board} empty={<NothingSold filters={{ sku, shop: t('shop') }} />} />}
      {by === 'sku' && (
        <Sellable
          {...board}
          alarms={alarms}
          empty={
            alarms && !sku ? (
              <NoAlarms
                filter={t(ALARM_WORDS[alarms])}
                onAll={() => {
                  put({ alarms: null })
                }}
              />
            ) : (
              <Nothing filters={{ sku, alarms: t(ALARM_WORDS[alarms]) }} />
            )
          }
        />
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

/** Nothing alarms: that is good news, not a filter gone wrong. */
function NoAlarms({ filter, onAll }: { filter: string; onAll: () => void }) {
  const t = useWords(stockWords)
  const l = useWords(listWords)
  return (
    <EmptyState icon={<CheckCircleOutlined />} title={t('noAlarms')} text={t('noAlarmsHint')}>
      <Button onClick={onAll}>{l('lift', { filter })}</Button>
    </EmptyState>
  )
}

function Nothing({ filters }: { filters: Readonly<Record<string, string>> }) {
  const t = useWords(stockWords)
  return (
    <NoMatch filters={filters}>
      <EmptyState icon={<DatabaseOutlined />} title={t('none')} text={t('noneHint')}>
        <Link to="/imports?kind=stock">{t('importStock')}</Link>
        <Link to="/documents">{t('newEntry')}</Link>
      </EmptyState>
    </NoMatch>
  )
}

function NothingSold({ filters }: { filters: Readonly<Record<string, string>> }) {
  const t = useWords(stockWords)
  return (
    <NoMatch filters={filters}>
      <EmptyState icon={<DatabaseOutlined />} title={t('noListed')} text={t('noListedHint')}>
        <Link to="/listings">{t('toListings')}</Link>
      </EmptyState>
    </NoMatch>
  )
}
