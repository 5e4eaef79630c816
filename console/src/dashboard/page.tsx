import { ReloadOutlined, RocketOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useRef } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useNews } from '@/api/news'
import { EmptyState } from '@/frame/empty-state'
import { Page, PageSkeleton, Panel } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { usePut } from '@/lists/use-put'
import { QueueStrip } from '@/orders/queue-strip'
import type { By } from './bars'
import { Chart } from './charts'
import { Channels, Holds, States, Warehouses } from './panels'
import { StockAlarms } from './stock-alarms'
import { cardsOf, listOf, type Dashboard, type Shown } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

const NO_FILTERS: string[] = []
const RANGES = [
  { value: '1', label: 'day1' },
  { value: '7', label: 'day7' },
  { value: '30', label: 'day30' },
] as const
const BYS: readonly By[] = ['shop', 'platform']

/** How the day goes. Numbers stand still until somebody asks for the news: by the button, another range, or coming here. */
export default function DashboardPage() {
  const t = useWords(dashboardWords)
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const days = Number(params.get('days') ?? 1)
  const by: By = params.get('by') === 'platform' ? 'platform' : 'shop'
  const isFresh = useRef(false)
  const { data, isError, error, isFetching, refetch } = useQuery({
    queryKey: ['dashboard', days],
    queryFn: async () => {
      const query = { days, is_fresh: isFresh.current }
      return given(await api.GET('/api/v1/dashboard', { params: { query } }))
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const news = useNews(data?.as_of)
  const put = usePut()
  const refresh = () => {
    isFresh.current = true
    void refetch()
  }
  const problem = isError && <ProblemView problem={error} onAgain={refresh} />
  if (!data) return problem || <PageSkeleton />
  return (
    <Page
      title={t('title')}
      about={`${t('asOf', { at: instant(data.at) })} · ${t('about')}`}
      actions={
        <>
          <Button
            id="dashboard-refresh"
            type={news > 0 ? 'primary' : 'default'}
            ghost={news > 0}
            icon={<ReloadOutlined />}
            loading={isFetching}
            onClick={refresh}
          >
            {news > 0 ? t('news', { count: news }) : t('refresh')}
          </Button>
          <Segmented
            aria-label={t('by')}
            value={by}
            onChange={(value) => {
              put({ by: value === 'shop' ? null : value })
            }}
            options={BYS.map((value) => ({ value, label: t(`by${value}`) }))}
          />
          <Segmented
            aria-label={t('range')}
            value={String(days)}
            onChange={(value) => {
              if (news > 0) isFresh.current = true // what was kept of the other range is as old
              put({ days: value === '1' ? null : value })
            }}
            options={RANGES.map(({ value, label }) => ({ value, label: t(label) }))}
          />
        </>
      }
    >
      {problem}
      <QueueStrip filters={NO_FILTERS} counted={data.queues} onChoose={(filters) => void navigate(listOf(filters))} />
      {data.channels.length === 0 && data.open.length === 0 && data.figures.placed.orders === 0 && <FirstSteps />}
      <Figures data={data} />
      <div className={styles.columns}>
        <Chart data={data} days={days} by={by} measure="orders" />
        <Chart data={data} days={days} by={by} measure="paid_minor" />
        <Panel title={t('states')} isFlush>
          <States open={data.open} />
        </Panel>
        <Panel title={t('holds')}>
          <Holds holds={data.holds} />
        </Panel>
        <Panel title={t('warehouses')} isFlush>
          <Warehouses warehouses={data.warehouses} />
        </Panel>
        <Panel title={t('stockAlarms')} isFlush>
          <StockAlarms at={data.at} />
        </Panel>
        <Panel title={t('channels')} isFlush>
          <Channels channels={data.channels} />
        </Panel>
      </div>
    </Page>
  )
}

/** An empty house: where to begin. */
function FirstSteps() {
  const t = useWords(dashboardWords)
  return (
    <Panel>
      <EmptyState icon={<RocketOutlined />} title={t('welcome')} text={t('welcomeHint')}>
        <Link to="/guide">{t('begin')}</Link>
      </EmptyState>
    </Panel>
  )
}

function Figures({ data }: { data: Dashboard }) {
  const t = useWords(dashboardWords)
  return (
    <div className={styles.figures}>
      {cardsOf(data, t).map((card) => (
        <section key={card.name} className={styles.figure} data-wide={card.isWide} aria-label={card.name}>
          <span className={styles.values}>
            {card.values.map((value) => (
              <span key={value.text} className={styles.value}>
                <Figure {...value} />
              </span>
            ))}
          </span>
          <span className={styles.name}>{card.name}</span>
          {card.details.length > 0 && (
            <span className={styles.details}>
              {card.details.map((detail) => (
                <Figure key={detail.text} {...detail} />
              ))}
            </span>
          )}
        </section>
      ))}
    </div>
  )
}

function Figure({ text, filters }: Shown) {
  return <Link to={listOf(filters)}>{text}</Link>
}
