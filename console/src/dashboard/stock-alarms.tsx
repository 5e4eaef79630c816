import { Skeleton } from 'antd'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useReading } from '@/frame/use-reading'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

const ALARMS = ['short', 'oversold'] as const

/** How many SKUs alarm; each number opens the stock board with just those. `at`: the moment of the dashboard, counted anew with it. */
export function StockAlarms({ at }: { at: string }) {
  const t = useWords(dashboardWords)
  const { data, trouble } = useReading({
    queryKey: ['stock-alarms', at],
    queryFn: async () => given(await api.GET('/api/v1/stock/alarms')),
    staleTime: Infinity,
  })
  if (!data) return trouble ?? <Skeleton active paragraph={{ rows: 1 }} />
  if (ALARMS.every((alarm) => data[alarm] === 0)) return <p className={styles.none}>{t('noAlarms')}</p>
  return (
    <>
      {trouble}
      <table className={table.table}>
        <tbody>
          {ALARMS.map((alarm) => (
            <tr key={alarm}>
              <td>
                <Link to={`/stock?alarms=${alarm}`}>{t(alarm)}</Link>
              </td>
              <td className={table.end}>
                <Link to={`/stock?alarms=${alarm}`}>
                  <strong>{number(data[alarm])}</strong>
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
