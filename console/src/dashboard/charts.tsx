import { Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { later } from '@/frame/later'
import { Panel } from '@/frame/page'
import { instant, money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { valueName } from '@/lists/filter-words'
import { useFields } from '@/lists/queries'
import { listWords } from '@/lists/words'
import table from '@/orders/order/order.module.css'
import {
  bucketsOf,
  currenciesOf,
  filtersOf,
  seriesOf,
  stepOf,
  type Bucket,
  type By,
  type Measure,
  type Series,
} from './bars'
import { listOf, type Dashboard } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

const HoursChart = later(() => import('./hours-chart').then((it) => it.default), {
  isModal: false,
  isAhead: false,
  meanwhile: <div className={styles.chart} />,
})

interface Props {
  data: Dashboard
  days: number
  by: By
  measure: Measure
}

/** Orders or sales over the range by shop or platform. Sales are of one currency at a time. */
export function Chart({ data, days, by, measure }: Props) {
  const t = useWords(dashboardWords)
  const l = useWords(listWords)
  const navigate = useNavigate()
  const platform = useFields('orders').find((field) => field.name === 'platform')
  const currencies = useMemo(() => currenciesOf(data.hours), [data.hours])
  const [wanted, setWanted] = useState<string | null>(null)
  const isMoney = measure === 'paid_minor'
  const currency = isMoney ? (currencies.find((one) => one === wanted) ?? currencies[0] ?? null) : null
  const step = stepOf(days)
  const buckets = useMemo(() => bucketsOf(data, step), [data, step])
  const series = useMemo(() => {
    const hours = isMoney ? data.hours.filter((hour) => hour.currency === currency) : data.hours
    return seriesOf(hours, buckets, by, measure, (code, hour) =>
      by === 'shop' ? hour.shop_name : platform ? valueName(platform, code, l) : code,
    )
  }, [data.hours, buckets, by, measure, isMoney, currency, platform, l])
  const title = t(`${isMoney ? 'money' : 'hours'}${step}`)
  return (
    <Panel
      title={title}
      extra={
        isMoney &&
        currencies.length > 1 && (
          <Segmented
            size="small"
            aria-label={t('currency')}
            value={currency ?? ''}
            onChange={setWanted}
            options={currencies}
          />
        )
      }
    >
      {series.length === 0 ? (
        <p className="dim">{t('noHours')}</p>
      ) : (
        <>
          <HoursChart
            label={title}
            buckets={buckets}
            series={series}
            step={step}
            currency={currency}
            onOpen={(bucket, code) => void navigate(listOf(filtersOf(bucket, by, code, currency)))}
          />
          <AsTable buckets={buckets} series={series} by={by} currency={currency} />
        </>
      )}
    </Panel>
  )
}

interface TableProps {
  buckets: Bucket[]
  series: Series[]
  by: By
  currency: string | null
}

/** The same for whoever doesn't see the bars or hit them: every number a link. */
function AsTable({ buckets, series, by, currency }: TableProps) {
  const t = useWords(dashboardWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <details
      className={styles.asTable}
      onToggle={(event) => {
        setOpen(event.currentTarget.open)
      }}
    >
      <summary>{t('asTable')}</summary>
      {isOpen && (
        <div className={styles.scrolls}>
          <table className={table.table}>
            <thead>
              <tr>
                <th>{t('time')}</th>
                {series.map(({ code, name }) => (
                  <th key={code} className={table.end}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {buckets
                .map((bucket, place) => ({ bucket, place }))
                .filter(({ place }) => series.some(({ values }) => values[place]))
                .map(({ bucket, place }) => (
                  <tr key={bucket.at}>
                    <td className={styles.when}>{instant(bucket.from)}</td>
                    {series.map(({ code, values }) => {
                      const value = values[place] ?? 0
                      return (
                        <td key={code} className={table.end}>
                          {value === 0 ? (
                            <span className="dim">0</span>
                          ) : (
                            <Link to={listOf(filtersOf(bucket, by, code, currency))}>
                              {currency === null ? number(value) : money(value, currency)}
                            </Link>
                          )}
                        </td>
                      )
                    })}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
