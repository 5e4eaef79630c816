import { ReloadOutlined, RocketOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { EmptyState } from '@/frame/empty-state'
import { Page, PageSkeleton, Panel } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { QueueStrip } from '@/orders/queue-strip'
import { Channels, Holds, States, Warehouses } from './panels'
import { cardsOf, listOf, type Dashboard } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

const HoursChart = lazy(() => import('./hours-chart'))
const NO_FILTERS: string[] = []

/** How the day goes. Numbers stand still until somebody asks for the news. */
export default function DashboardPage() {
  const t = useWords(dashboardWords)
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const days = Number(params.get('days') ?? 1)
  const [news, setNews] = useState(0)
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['dashboard', days],
    queryFn: async () => given(await api.GET('/api/v1/dashboard', { params: { query: { days } } })),
    refetchInterval: 60_000,
  })
  useEvent('orders', (told) => {
    setNews((before) => before + ((told as { changed?: number }).changed ?? 1))
  })
  if (isError) return <ProblemView problem={error} onAgain={() => void refetch()} />
  if (!data) return <PageSkeleton />
  return (
    <Page
      title={t('title')}
      about={`${t('asOf', { at: instant(data.at) })} · ${t('about')}`}
      actions={
        <>
          {news > 0 && (
            <Button
              type="primary"
              ghost
              icon={<ReloadOutlined />}
              onClick={() => {
                setNews(0)
                void refetch()
              }}
            >
              {t('news', { count: news })}
            </Button>
          )}
          <Segmented
            aria-label={t('range')}
            value={String(days)}
            onChange={(value) => {
              setParams(value === '1' ? {} : { days: value }, { replace: true })
            }}
            options={[
              { value: '1', label: t('day1') },
              { value: '7', label: t('day7') },
              { value: '30', label: t('day30') },
            ]}
          />
        </>
      }
    >
      <QueueStrip filters={NO_FILTERS} onChoose={(filters) => void navigate(listOf(filters))} />
      {data.channels.length === 0 && data.open.length === 0 && data.figures.orders === 0 && <FirstSteps />}
      <Figures data={data} />
      <div className={styles.columns}>
        <Chart data={data} measure="orders" />
        <Chart data={data} measure="paid_minor" />
        <Panel title={t('states')} isFlush>
          <States open={data.open} />
        </Panel>
        <Panel title={t('holds')}>
          <Holds holds={data.holds} />
        </Panel>
        <Panel title={t('warehouses')} isFlush>
          <Warehouses warehouses={data.warehouses} />
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
        <Link key={card.name} to={listOf(card.filters)} className={styles.figure}>
          <span className={styles.value}>{card.value}</span>
          <span className={styles.name}>{card.name}</span>
        </Link>
      ))}
    </div>
  )
}

function Chart({ data, measure }: { data: Dashboard; measure: 'orders' | 'paid_minor' }) {
  const t = useWords(dashboardWords)
  return (
    <Panel title={t(measure === 'orders' ? 'hours' : 'money')} extra={<span className="dim">{t('chartHint')}</span>}>
      <Suspense fallback={<div className={styles.chart} />}>
        <HoursChart hours={data.hours} measure={measure} />
      </Suspense>
    </Panel>
  )
}
