import { ShopOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { later } from '@/frame/later'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { YesNo } from './active-cell'
import { doorName, platformName, type MasterSay, type Shop } from './shop-names'
import { masterWords } from './words'

const ShopDialog = later(() => import('./shop-dialog').then((it) => it.ShopDialog))
const ShopWizard = later(() => import('./shop-wizard').then((it) => it.ShopWizard))

const rowId = (row: Shop) => row.id

export default function ShopsPage() {
  const t = useWords(masterWords)
  const may = useMay()
  const [opened, setOpened] = useState<Shop | null>(null)
  const [isConnecting, setConnecting] = useState(false)
  const columns = useMemo(() => columnsOf(t), [t])
  const connect = may('settings') && (
    <Button
      type="primary"
      onClick={() => {
        setConnecting(true)
      }}
    >
      {t('connect')}
    </Button>
  )
  return (
    <Page isFilled title={t('shops')} about={t('shopsAbout')} actions={connect}>
      <PagedGrid<Shop>
        id="shops"
        label={t('shops')}
        columns={columns}
        queryKey={['shops']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/shops', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        exports={[{ list: 'shops' }]}
        onOpen={may('settings') ? setOpened : undefined}
        empty={
          <EmptyState icon={<ShopOutlined />} title={t('noShops')} text={t('noShopsHint')}>
            {connect}
          </EmptyState>
        }
      />
      {opened && (
        <ShopDialog
          shop={opened}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
      {isConnecting && (
        <ShopWizard
          onClose={() => {
            setConnecting(false)
          }}
        />
      )}
    </Page>
  )
}

function Feeds({ shop }: { shop: Shop }) {
  const t = useWords(masterWords)
  if (shop.platform === 'direct') return <span className="dim">—</span>
  const broken = shop.feeds.find((feed) => feed.error !== '')
  if (broken)
    return (
      <Pill tone="bad" title={broken.error}>
        {t('feedError')} · {broken.error}
      </Pill>
    )
  const last = shop.feeds
    .map((feed) => feed.pulled_at ?? '')
    .sort()
    .at(-1)
  if (!last) return <Pill tone="wait">{t('feedNone')}</Pill>
  return (
    <>
      <Pill tone="good">{t('feedGood')}</Pill> <span className="dim">{instant(last)}</span>
    </>
  )
}

function Push({ shop }: { shop: Shop }) {
  const t = useWords(masterWords)
  if (shop.platform === 'direct') return <span className="dim">—</span>
  if (!shop.pushes_stock)
    return (
      <Pill tone="quiet" title={instant(shop.switched_at)}>
        {t('pushOff')}
      </Pill>
    )
  return <Pill tone="good">{t('pushOn')}</Pill>
}

function columnsOf(t: MasterSay): Column<Shop>[] {
  return [
    { id: 'code', title: t('code'), width: 110, isPinned: true, text: (row) => row.code },
    { id: 'name', title: t('name'), width: 170, text: (row) => row.name },
    { id: 'platform', title: t('platform'), width: 120, text: (row) => platformName(row.platform, t) },
    {
      id: 'feeds',
      title: t('health'),
      width: 172,
      text: (row) => row.feeds.map((feed) => feed.error || instant(feed.pulled_at)).join(' '),
      render: (row) => <Feeds shop={row} />,
    },
    {
      id: 'doors',
      title: t('doors'),
      width: 116,
      text: (row) => row.doors.map((door) => doorName(door, t)).join(' · '),
    },
    {
      id: 'pushes_stock',
      title: t('stockPush'),
      width: 150,
      text: (row) => (row.platform === 'direct' ? '' : t(row.pushes_stock ? 'pushOn' : 'pushOff')),
      render: (row) => <Push shop={row} />,
    },
    { id: 'shop_group', title: t('group'), width: 90, text: (row) => row.shop_group },
    { id: 'currency', title: t('currency'), width: 80, text: (row) => row.currency },
    {
      id: 'merge_window_s',
      title: t('mergeWindow'),
      width: 130,
      align: 'end',
      text: (row) => String(row.merge_window_s),
    },
    { id: 'safety_quantity', title: t('safety'), width: 100, align: 'end', text: (row) => String(row.safety_quantity) },
    { id: 'connection_code', title: t('connection'), width: 120, isExtra: true, text: (row) => row.connection_code },
    { id: 'time_zone', title: t('timeZone'), width: 140, isExtra: true, text: (row) => row.time_zone },
    {
      id: 'is_active',
      line: 1,
      isNamed: true,
      title: t('active'),
      width: 90,
      text: (row) => String(row.is_active),
      render: (row) => <YesNo isYes={row.is_active} />,
    },
  ]
}
