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
const NARROWEST = 1
const BYS: readonly By[] = ['shop', 'platform']

/** How the day goes. Numbers stand still until somebody asks for the news: by the button, another range, or coming here. */
export default function DashboardPage() {
  const t = useWords(dashboardWords)
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const asked = params.get('days')
  const by: By = params.get('by') === 'platform' ? 'platform' : 'shop'
  const isFresh = useRef(false)
  const { data, isError, error, isFetching, refetch } = useQuery({
    queryKey: ['dashboard', asked],
    queryFn: () => readWithOrders(asked, isFresh.current),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const news = useNews(data?.board.as_of)
  const put = usePut()
  const refresh = () => {
    isFresh.current = true
    void refetch()
  }
  const problem = isError && <ProblemView problem={error} onAgain={refresh} />
  if (!data) return problem || <PageSkeleton />
  const { board, days } = data
  const isWidened = asked === null && days !== NARROWEST
  return (
    <Page
      title={t('title')}
      about={`${t('asOf', { at: instant(board.at) })} · ${isWidened ? t('widened', { days }) : t('about')}`}
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
              put({ days: value })
            }}
            options={RANGES.map(({ value, label }) => ({ value, label: t(label) }))}
          />
        </>
      }
    >
      {problem}
      <QueueStrip filters={NO_FILTERS} counted={board.queues} onChoose={(filters) => void navigate(listOf(filters))} />
      {board.channels.length === 0 && board.open.length === 0 && board.figures.placed.orders === 0 && <FirstSteps />}
      <Figures data={board} />
      <div className={styles.columns}>
        <Chart data={board} days={days} by={by} measure="orders" />
        <Chart data={board} days={days} by={by} measure="paid_minor" />
        <Panel title={t('states')} isFlush>
          <States open={board.open} />
        </Panel>
        <Panel title={t('holds')}>
          <Holds holds={board.holds} />
        </Panel>
        <Panel title={t('warehouses')} isFlush>
          <Warehouses warehouses={board.warehouses} />
        </Panel>
        <Panel title={t('stockAlarms')} isFlush>
          <StockAlarms at={board.at} />
        </Panel>
        <Panel title={t('channels')} isFlush>
          <Channels channels={board.channels} />
        </Panel>
      </div>
    </Page>
  )
}

/** The range that was asked for; the narrowest that has orders when none was, for a quiet day tells nobody anything. */
async function readWithOrders(asked: string | null, isFresh: boolean): Promise<{ board: Dashboard; days: number }> {
  let narrowest: { board: Dashboard; days: number } | undefined
  for (const days of asked === null ? RANGES.map(({ value }) => Number(value)) : [Number(asked)]) {
    const query = { days, is_fresh: isFresh }
    const board = given(await api.GET('/api/v1/dashboard', { params: { query } }))
    narrowest ??= { board, days }
    if (board.figures.placed.orders > 0) return { board, days }
  }
  if (!narrowest) throw new Error('there is a range')
  return narrowest
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
