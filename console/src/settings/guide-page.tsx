import { CheckOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { useWords } from '@/i18n/words'
import { settingsWords } from './words'
import styles from './settings.module.css'

const STEPS = [
  { name: 'shop', to: '/shops', minutes: 1 },
  { name: 'products', to: '/imports?kind=products', minutes: 1 },
  { name: 'warehouse', to: '/warehouses', minutes: 1 },
  { name: 'stock', to: '/imports?kind=stock', minutes: 1 },
  { name: 'order', to: '/orders', minutes: 1 },
] as const
type StepName = (typeof STEPS)[number]['name']

/** What is there already: one row of each is enough. */
async function readProgress(): Promise<Record<StepName, boolean>> {
  const one = { params: { query: { limit: 1 } } }
  const [shops, skus, warehouses, stock, audited] = await Promise.all([
    api.GET('/api/v1/shops', one),
    api.GET('/api/v1/catalog/skus', one),
    api.GET('/api/v1/network/warehouses', one),
    api.GET('/api/v1/stock/sellable', one),
    api.GET('/api/v1/lists/orders', { params: { query: { f: ['state:not:unpaid|received'], limit: 1 } } }),
  ])
  const has = (answer: { data?: { items: readonly unknown[] } }) => given(answer).items.length > 0
  return { shop: has(shops), products: has(skus), warehouse: has(warehouses), stock: has(stock), order: has(audited) }
}

/** The first five minutes: each step looks for itself whether it is done. */
export default function GuidePage() {
  const t = useWords(settingsWords)
  const { data } = useQuery({ queryKey: ['guide'], queryFn: readProgress })
  const done = STEPS.filter((step) => data?.[step.name]).length
  return (
    <Page title={t('guide')} about={t('guideAbout')}>
      <div style={{ maxWidth: 760 }}>
        <Progress percent={Math.round((done / STEPS.length) * 100)} showInfo={false} aria-label={t('guide')} />
        <span className="dim">{t('progress', { done, all: STEPS.length })}</span>
      </div>
      <ol className={styles.steps}>
        {STEPS.map((step, index) => {
          const isDone = data?.[step.name] ?? false
          return (
            <li key={step.name} className={styles.step} data-done={isDone}>
              <span className={styles.number}>{isDone ? <CheckOutlined /> : index + 1}</span>
              <div className={styles.stepText}>
                <strong>{t(`step_${step.name}`)}</strong>
                <div className="dim">{t(`step_${step.name}_hint`)}</div>
              </div>
              {isDone ? (
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
