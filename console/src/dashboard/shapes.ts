import type { components } from '@/api/schema'
import { duration, money, number, percent } from '@/i18n/format'
import type { Say } from '@/i18n/words'
import type { dashboardWords } from './words'

export type Dashboard = components['schemas']['Dashboard']
type Figures = Dashboard['figures']
type DashboardSay = Say<(typeof dashboardWords)['keys'][number]>

/** The address of the list behind a number. */
export function listOf(filters: readonly string[]): string {
  const query = new URLSearchParams(filters.map((filter) => ['f', filter]))
  return `/orders?${query.toString()}`
}

/** A number as it is read, and the filters of its list. */
export interface Shown {
  text: string
  filters: readonly string[]
}

/** One figure: what it comes to (a line for each currency), and the numbers it is made of. */
export interface Card {
  name: string
  values: Shown[]
  details: Shown[]
  /** As wide as two: sums of several currencies stand beside each other. */
  isWide?: boolean
}

const DASH = '—'

/** Numbers of orders are exact; those of queues to ten thousand. */
const atLeast = (count: number, isExact: boolean) => number(count) + (isExact ? '' : '+')

/** The figures as people read them; a dash when there is nothing to divide by yet. */
export function cardsOf({ figures, hours, queues }: Dashboard, t: DashboardSay): Card[] {
  const counted = (name: string, { orders, filters }: Figures['placed']): Shown => ({
    text: `${name} ${number(orders)}`,
    filters,
  })
  const share = (name: string, rest: string, of: Figures['split']): Card => ({
    name,
    values: [
      { text: of.whole.orders === 0 ? DASH : percent(of.part.orders / of.whole.orders), filters: of.part.filters },
    ],
    details: [
      { text: number(of.part.orders), filters: of.part.filters },
      { text: `/ ${number(of.whole.orders)}`, filters: of.whole.filters },
      counted(rest, of.rest),
    ],
  })
  const wait = (name: string, { seconds, slower }: Figures['paid_to_released_p50']): Card => ({
    name,
    values: [{ text: seconds === null ? DASH : duration(seconds), filters: slower.filters }],
    details: [counted(t('slower'), slower)],
  })
  const late = queues.find((queue) => queue.queue === 'overdue')
  const { placed, cancelled, released, freight_per_order_minor: freight, freight_currency: currency } = figures
  return [
    {
      name: t('orders'),
      values: [{ text: number(placed.orders), filters: placed.filters }],
      details: [counted(t('cancelled'), cancelled)],
    },
    { name: t('gmv'), values: amounts(hours, placed.filters), details: [], isWide: true },
    share(t('untouched'), t('touched'), figures.untouched),
    wait(t('p50'), figures.paid_to_released_p50),
    wait(t('p95'), figures.paid_to_released_p95),
    share(t('inTime'), t('late'), figures.in_time),
    ...(late
      ? [
          {
            name: t('overdue'),
            values: [{ text: atLeast(late.count, late.is_exact), filters: late.filters }],
            details: [],
          },
        ]
      : []),
    share(t('split'), t('whole'), figures.split),
    {
      name: t('freight'),
      values: [{ text: freight === null ? DASH : money(freight, currency), filters: released.filters }],
      details: [counted(t('released'), released)],
    },
  ]
}

/** Sums by currency, each with the orders that make it up: amounts of different currencies are never added. */
function amounts(hours: Dashboard['hours'], placed: readonly string[]): Shown[] {
  const sums = new Map<string, number>()
  for (const { currency, paid_minor } of hours) sums.set(currency, (sums.get(currency) ?? 0) + paid_minor)
  if (sums.size === 0) return [{ text: DASH, filters: placed }]
  return [...sums].map(([currency, minor]) => ({
    text: money(minor, currency),
    filters: [...placed, 'state:not:cancelled', `currency:is:${currency}`],
  }))
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
