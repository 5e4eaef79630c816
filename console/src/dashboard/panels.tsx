import { Link } from 'react-router'
import { useEnum } from '@/api/enums'
import { feedName } from '@/connections/feed-name'
import { connectionWords } from '@/connections/words'
import { PartPill } from '@/health/part-pill'
import { capital, duration, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { AGES, listOf, stateRows, type Dashboard } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

export function States({ open }: { open: Dashboard['open'] }) {
  const t = useWords(dashboardWords)
  const state = useEnum('order_state')
  const rows = stateRows(open)
  if (rows.length === 0) return <p className={styles.none}>{t('noOpen')}</p>
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('state')}</th>
          <th className={table.end}>{t('total')}</th>
          {AGES.map((age) => (
            <th key={age} className={table.end}>
              {t(`age${age}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.state}>
            <td>
              <Link to={listOf(row.filters)}>{capital(state(row.state))}</Link>
            </td>
            <td className={table.end}>
              <Link to={listOf(row.filters)}>
                <strong>{number(row.total)}</strong>
              </Link>
            </td>
            {AGES.map((age) => {
              const cell = row.cells[age]
              return (
                <td key={age} className={table.end}>
                  {cell ? <Link to={listOf(cell.filters)}>{number(cell.orders)}</Link> : <span className="dim">0</span>}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Holds({ holds }: { holds: Dashboard['holds'] }) {
  const t = useWords(dashboardWords)
  const reason = useEnum('reason')
  if (holds.length === 0) return <p className="dim">{t('noHolds')}</p>
  const most = Math.max(...holds.map((hold) => hold.orders))
  return (
    <ul className={styles.bars}>
      {holds.map((hold) => (
        <li key={hold.reason}>
          <Link to={listOf(hold.filters)}>{reason(hold.reason)}</Link>
          <span className={styles.bar} aria-hidden>
            <span style={{ width: `${(hold.orders / most) * 100}%` }} />
          </span>
          <Link to={listOf(hold.filters)} className={styles.count}>
            <strong>{number(hold.orders)}</strong>
          </Link>
        </li>
      ))}
    </ul>
  )
}

export function Warehouses({ warehouses }: { warehouses: Dashboard['warehouses'] }) {
  const t = useWords(dashboardWords)
  if (warehouses.length === 0) return <p className={styles.none}>{t('noWarehouses')}</p>
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('warehouse')}</th>
          <th className={table.end}>{t('planned')}</th>
          <th className={table.end}>{t('there')}</th>
        </tr>
      </thead>
      <tbody>
        {warehouses.map((warehouse) => (
          <tr key={warehouse.warehouse}>
            <td>
              <Link to={listOf([`warehouse:is:${warehouse.warehouse}`])}>{warehouse.name}</Link>
            </td>
            {[warehouse.planned, warehouse.there].map(({ orders, filters }) => (
              <td key={filters.join()} className={table.end}>
                {orders > 0 ? <Link to={listOf(filters)}>{number(orders)}</Link> : <span className="dim">0</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Channels({ channels }: { channels: Dashboard['channels'] }) {
  const t = useWords(dashboardWords)
  const feeds = useWords(connectionWords)
  if (channels.length === 0) return <p className={styles.none}>{t('noChannels')}</p>
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('shop')}</th>
          <th>{t('lag')}</th>
        </tr>
      </thead>
      <tbody>
        {channels.map((channel) => (
          <tr key={`${channel.shop} ${channel.feed}`}>
            <td>
              {channel.name} <span className="dim">{feedName(channel.feed, feeds)}</span>
            </td>
            <td>
              <Link to={`/connections?shop=${encodeURIComponent(channel.shop)}`}>
                <PartPill state={channel.state} />
              </Link>{' '}
              {duration(channel.lag_s)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
