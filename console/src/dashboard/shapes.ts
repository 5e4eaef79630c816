import type { components } from '@/api/schema'
import { duration, money, number, percent } from '@/i18n/format'
import type { Say } from '@/i18n/words'
import type { dashboardWords } from './words'

export type Dashboard = components['schemas']['Dashboard']
type DashboardSay = Say<(typeof dashboardWords)['keys'][number]>

/** The address of the list behind a number. */
export function listOf(filters: readonly string[]): string {
  const query = new URLSearchParams(filters.map((filter) => ['f', filter]))
  return `/orders?${query.toString()}`
}

export interface Card {
  name: string
  value: string
  filters: readonly string[]
}

const DASH = '—'
const seconds = (value: number | null) => (value === null ? DASH : duration(value))

/** The figures as people read them; a dash when there is nothing to divide by yet. */
export function cardsOf({ figures, hours, queues }: Dashboard, t: DashboardSay): Card[] {
  const share = ({ part, whole, filters }: Dashboard['figures']['split'], name: string): Card => ({
    name,
    value: whole === 0 ? DASH : percent(part / whole),
    filters,
  })
  const late = queues.find((queue) => queue.queue === 'overdue')
  const of = figures.filters
  return [
    { name: t('orders'), value: number(figures.orders), filters: of },
    { name: t('gmv'), value: amounts(hours) || DASH, filters: of },
    share(figures.untouched, t('untouched')),
    { name: t('p50'), value: seconds(figures.paid_to_released_p50_s), filters: of },
    { name: t('p95'), value: seconds(figures.paid_to_released_p95_s), filters: of },
    share(figures.in_time, t('inTime')),
    { name: t('overdue'), value: number(late?.count ?? 0), filters: late?.filters ?? of },
    share(figures.split, t('split')),
    {
      name: t('freight'),
      value: figures.freight_per_order_minor === null ? DASH : money(figures.freight_per_order_minor),
      filters: of,
    },
  ]
}

/** Sums by currency: amounts of different currencies are never added. */
function amounts(hours: Dashboard['hours']): string {
  const sums = new Map<string, number>()
  for (const { currency, paid_minor } of hours) sums.set(currency, (sums.get(currency) ?? 0) + paid_minor)
  return [...sums].map(([currency, minor]) => money(minor, currency)).join(' + ')
}

export interface StateRow {
  state: string
  total: number
  filters: string[]
  cells: Record<string, { orders: number; filters: readonly string[] }>
}

export const AGES = ['6h', '1d', '3d', 'older'] as const

/** One row for each state, its ages beside one another. */
export function stateRows(open: Dashboard['open']): StateRow[] {
  const rows = new Map<string, StateRow>()
  for (const { state, age, orders, filters } of open) {
    const row = rows.get(state) ?? { state, total: 0, filters: [`state:is:${state}`], cells: {} }
    row.total += orders
    row.cells[age] = { orders, filters }
    rows.set(state, row)
  }
  return [...rows.values()]
}
