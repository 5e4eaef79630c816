import { CheckOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Progress } from 'antd'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { useMay } from '@/api/me'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { useReading } from '@/frame/use-reading'
import { toastProblem } from '@/frame/toasts'
import { useWords } from '@/i18n/words'
import { keepRun, next, passed, readRun, type Run } from './first-run'
import { settingsWords } from './words'
import styles from './settings.module.css'

const STEPS = [
  { name: 'shop', to: '/shops' },
  { name: 'products', to: '/imports?kind=products' },
  { name: 'warehouse', to: '/warehouses' },
  { name: 'stock', to: '/imports?kind=stock' },
  { name: 'order', to: '/orders' },
] as const
type StepName = (typeof STEPS)[number]['name']

const GUIDE = ['guide']
const OFFER = ['first-steps']
const LOOK_MS = 2_000

/** What is there already: one row of each is enough. */
async function readProgress(): Promise<Record<StepName, boolean>> {
  const one = { params: { query: { limit: 1 } } }
  const [shops, skus, warehouses, stock, audited] = await Promise.all([
    api.GET('/api/v1/shops', one),
    api.GET('/api/v1/catalog/skus', one),
    api.GET('/api/v1/network/warehouses', one),
    api.GET('/api/v1/stock/balances', one),
    api.GET('/api/v1/lists/orders', { params: { query: { f: ['state:not:unpaid|received'], limit: 1 } } }),
  ])
  const has = (answer: { data?: { items: readonly unknown[] } }) => given(answer).items.length > 0
  return { shop: has(shops), products: has(skus), warehouse: has(warehouses), stock: has(stock), order: has(audited) }
}

/** The first five minutes: each step looks for itself whether it is done, and a clock tells how long it took. */
export default function GuidePage() {
  const t = useWords(settingsWords)
  const [run, setRun] = useState(readRun)
  const { data, trouble, refetch } = useReading({
    queryKey: GUIDE,
    queryFn: async () => {
      const found = await readProgress()
      setRun(keepRun(next(readRun(), isWhole(found), Date.now())))
      return found
    },
    refetchInterval: ({ state }) => (isWhole(state.data) ? false : LOOK_MS),
  })
  useEvent('orders', () => void refetch())
  const isDone = isWhole(data)
  const now = useNow(run.beganAt !== null && run.endedAt === null)
  const done = STEPS.filter((step) => data?.[step.name]).length
  return (
    <Page title={t('guide')} about={t('guideAbout')}>
      {trouble}
      <div className={styles.run}>
        <Progress
          percent={Math.round((done / STEPS.length) * 100)}
          showInfo={false}
          strokeColor="var(--accent)"
          aria-label={t('guide')}
        />
        <div className={styles.clock}>
          <span className="dim">{t('progress', { done, all: STEPS.length })}</span>
          {run.beganAt !== null && !isDone && (
            <span role="timer">
              {t('passed', passed(run, now))} <span className="dim">· {t('passedOf')}</span>
            </span>
          )}
        </div>
      </div>
      {isDone && <Finished run={run} />}
      <ol className={styles.steps}>
        {STEPS.map((step, index) => {
          const isStepDone = data?.[step.name] ?? false
          return (
            <li key={step.name} className={styles.step} data-done={isStepDone}>
              <span className={styles.number}>{isStepDone ? <CheckOutlined /> : index + 1}</span>
              <div className={styles.stepText}>
                <strong>{t(`step_${step.name}`)}</strong>
                <div className="dim">{t(`step_${step.name}_hint`)}</div>
                {step.name === 'shop' && data && !isStepDone && <Simulators />}
              </div>
              {isStepDone ? (
                <Pill tone="good">{t('done')}</Pill>
              ) : (
                <Link to={step.to}>
                  <Button type="primary">{t('todo')}</Button>
                </Link>
              )}
            </li>
          )
        })}
      </ol>
    </Page>
  )
}

const isWhole = (data: Record<StepName, boolean> | undefined) =>
  data !== undefined && STEPS.every((step) => data[step.name])

/** Now, second by second while somebody watches the clock. */
function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => {
      setNow(Date.now())
    }, 1_000)
    return () => {
      clearInterval(timer)
    }
  }, [isRunning])
  return now
}

function Finished({ run }: { run: Run }) {
  const t = useWords(settingsWords)
  return (
    <Alert
      type="success"
      showIcon
      className={styles.finished}
      title={run.beganAt === null ? t('finishedAlready') : t('finished', passed(run, run.endedAt ?? run.beganAt))}
      description={t('finishedHint')}
      action={
        <Link to="/">
          <Button>{t('toDashboard')}</Button>
        </Link>
      }
    />
  )
}

/** Instead of a real shop, where this installation runs simulators. */
function Simulators() {
  const t = useWords(settingsWords)
  const may = useMay()
  const cache = useQueryClient()
  const { data } = useQuery({
    queryKey: OFFER,
    queryFn: async () => given(await api.GET('/api/v1/first-steps')).simulators,
    refetchInterval: LOOK_MS,
  })
  const connect = useMutation({
    mutationFn: async () => given(await api.POST('/api/v1/first-steps/simulators')).simulators,
    onSuccess: (state) => {
      cache.setQueryData(OFFER, state)
    },
    onError: toastProblem,
  })
  if (!data) return null
  if (data === 'offered' || data === 'failed')
    return (
      <div className={styles.instead}>
        {data === 'failed' && <span role="alert">{t('simulatorsFailed')}</span>}
        {may('settings') && (
          <Button
            loading={connect.isPending}
            onClick={() => {
              connect.mutate()
            }}
          >
            {t('orSimulators')}
          </Button>
        )}
        <small className="dim">{t('simulatorsHint')}</small>
      </div>
    )
  const told = {
    none: 'simulatorsNone',
    wanted: 'simulatorsWanted',
    connected: 'simulatorsWanted',
    ended: 'simulatorsEnded',
  } as const
  return (
    <small className="dim" role="status">
      {t(told[data])}
    </small>
  )
}
