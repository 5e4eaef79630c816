import type { Dashboard } from './shapes'

export type By = 'shop' | 'platform'
export type Measure = 'orders' | 'paid_minor'
export type Step = 1 | 6 | 24

const HOUR_MS = 3_600_000

/** How many hours one bar stands for: a day has its hours, a month its days. */
export function stepOf(days: number): Step {
  return days <= 2 ? 1 : days <= 8 ? 6 : 24
}

/** A stretch of time, without its end, as the filters of the list take it. */
export interface Bucket {
  at: number
  from: string
  until: string
}

/** Starts of stretches by the clock on the wall; on whole hours of the server, which counts by them. */
function startOf(at: Date, step: Step, ahead = 0): number {
  const hour = Math.floor(at.getHours() / step) * step + ahead * step
  const start = new Date(at.getFullYear(), at.getMonth(), at.getDate(), hour).getTime()
  return Math.floor(start / HOUR_MS) * HOUR_MS
}

/** All stretches of the range, empty ones too; the first and the last are cut where the range is. */
export function bucketsOf({ start, until }: Pick<Dashboard, 'start' | 'until'>, step: Step): Bucket[] {
  const [first, last] = [new Date(start).getTime(), new Date(until).getTime()]
  const found: Bucket[] = []
  let at = startOf(new Date(start), step)
  while (at < last) {
    // Half a step on: a day of 23 or 25 hours begins where it begins.
    const next = startOf(new Date(at + HOUR_MS / 2), step, 1)
    found.push({
      at,
      from: at < first ? start : new Date(at).toISOString(),
      until: next > last ? until : new Date(next).toISOString(),
    })
    at = next
  }
  return found
}

export interface Series {
  code: string
  name: string
  values: number[]
}

/** One row of bars for each shop or platform that had any: its sums by stretch. Amounts are of one currency. */
export function seriesOf(
  hours: Dashboard['hours'],
  buckets: readonly Bucket[],
  by: By,
  measure: Measure,
  name: (code: string, hour: Dashboard['hours'][number]) => string,
): Series[] {
  const found = new Map<string, Series>()
  for (const hour of hours) {
    const at = new Date(hour.hour).getTime()
    const place = Math.max(
      buckets.findLastIndex((bucket) => bucket.at <= at),
      0,
    )
    const code = hour[by]
    const series = found.get(code) ?? { code, name: name(code, hour), values: buckets.map(() => 0) }
    series.values[place] = (series.values[place] ?? 0) + hour[measure]
    found.set(code, series)
  }
  return [...found.values()].sort((a, b) => a.code.localeCompare(b.code))
}

/** The orders behind a bar; without a series, those behind all bars of the stretch. */
export function filtersOf(bucket: Bucket, by: By, code: string | null, currency: string | null): string[] {
  return [
    `placed_at:between:${bucket.from}|${bucket.until}`,
    ...(code === null ? [] : [`${by}:is:${code}`]),
    ...(currency === null ? [] : ['state:not:cancelled', `currency:is:${currency}`]),
  ]
}

/** Currencies by how many orders they have. */
export function currenciesOf(hours: Dashboard['hours']): string[] {
  const orders = new Map<string, number>()
  for (const hour of hours) orders.set(hour.currency, (orders.get(hour.currency) ?? 0) + hour.orders)
  return [...orders].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([currency]) => currency)
}
