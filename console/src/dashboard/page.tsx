import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { Page, PageSkeleton, Panel } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { QueueStrip } from '@/orders/queue-strip'
import { figureText, listOf, wordOf, type Dashboard, type Figure } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

const HoursChart = lazy(() => import('./hours-chart'))
const NO_FILTERS: string[] = []

/** How the day goes. Numbers stand still until somebody asks for the news. */
export default function DashboardPage() {
  const t = useWords(dashboardWords)
  const navigate = useNavigate()
  const [news, setNews] = useState(0)
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['dashboard'],
    queryFn: async () => given(await api.GET('/api/v1/dashboard')),
    refetchInterval: 60_000,
    refetchOnWindowFocus: true,
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
        news > 0 && (
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
        )
      }
    >
      <QueueStrip filters={NO_FILTERS} onChoose={(filters) => void navigate(listOf(filters))} />
      <div className={styles.figures}>
        {data.figures.map((figure) => (
          <FigureCard key={figure.code} figure={figure} />
        ))}
      </div>
      <div className={styles.columns}>
        <Panel title={t('hours')} extra={<span className="dim">{t('chartHint')}</span>}>
          <Suspense fallback={<div className={styles.chart} />}>
            <HoursChart hours={data.hours} measure="orders" />
          </Suspense>
        </Panel>
        <Panel title={t('money')} extra={<span className="dim">{t('chartHint')}</span>}>
          <Suspense fallback={<div className={styles.chart} />}>
            <HoursChart hours={data.hours} measure="paid_minor" />
          </Suspense>
        </Panel>
        <Panel title={t('states')} isFlush>
          <States states={data.states} />
        </Panel>
        <div className={styles.stack}>
          <Panel title={t('holds')}>
            <Holds holds={data.holds} />
          </Panel>
          <Panel title={t('warehouses')} isFlush>
            <Warehouses warehouses={data.warehouses} />
          </Panel>
        </div>
      </div>
    </Page>
  )
}

function FigureCard({ figure }: { figure: Figure }) {
  const content = (
    <>
      <span className={styles.value}>{figureText(figure)}</span>
      <span className={styles.name}>{wordOf(figure)}</span>
    </>
  )
  return figure.filters ? (
    <Link to={listOf(figure.filters)} className={styles.figure}>
      {content}
    </Link>
  ) : (
    <div className={styles.figure}>{content}</div>
  )
}

function States({ states }: { states: Dashboard['states'] }) {
  const t = useWords(dashboardWords)
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('state')}</th>
          <th className={table.end}>{t('total')}</th>
          <th className={table.end}>{t('age0')}</th>
          <th className={table.end}>{t('age1')}</th>
          <th className={table.end}>{t('age2')}</th>
          <th className={table.end}>{t('age3')}</th>
        </tr>
      </thead>
      <tbody>
        {states.map((state) => (
          <tr key={state.code}>
            <td>
              <Link to={listOf(state.filters)}>{wordOf(state)}</Link>
            </td>
            <td className={table.end}>
              <strong>{number(state.count)}</strong>
            </td>
            {state.ages.map((count, index) => (
              <td key={index} className={table.end}>
                {count === 0 ? <span className="dim">0</span> : number(count)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Holds({ holds }: { holds: Dashboard['holds'] }) {
  const t = useWords(dashboardWords)
  if (holds.length === 0) return <p className="dim">{t('noHolds')}</p>
  const most = Math.max(...holds.map((hold) => hold.count))
  return (
    <ul className={styles.bars}>
      {holds.map((hold) => (
        <li key={hold.code}>
          <Link to={listOf(hold.filters)}>{wordOf(hold)}</Link>
          <span className={styles.bar} aria-hidden>
            <span style={{ width: `${(hold.count / most) * 100}%` }} />
          </span>
          <strong>{number(hold.count)}</strong>
        </li>
      ))}
    </ul>
  )
}

function Warehouses({ warehouses }: { warehouses: Dashboard['warehouses'] }) {
  const t = useWords(dashboardWords)
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('warehouses')}</th>
          <th className={table.end}>{t('open')}</th>
          <th className={table.end}>{t('shipped')}</th>
        </tr>
      </thead>
      <tbody>
        {warehouses.map((warehouse) => (
          <tr key={warehouse.code}>
            <td>
              <Link to={`/fulfilments?warehouse=${encodeURIComponent(warehouse.code)}`}>{warehouse.name}</Link>
            </td>
            <td className={table.end}>{number(warehouse.open)}</td>
            <td className={table.end}>{number(warehouse.shipped_today)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
