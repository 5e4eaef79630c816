import type { components } from '@/api/schema'
import { duration, money, number, percent } from '@/i18n/format'
import { language } from '@/i18n/start'

export type Dashboard = components['schemas']['DashboardView']
export type Figure = Dashboard['figures'][number]

/** The address of the list behind a number. */
export function listOf(filters: readonly string[]): string {
  const query = new URLSearchParams(filters.map((filter) => ['f', filter]))
  return `/orders?${query.toString()}`
}

export const wordOf = (one: { zh: string; en: string }) => (language() === 'zh' ? one.zh : one.en)

/** A figure as people read it; a dash when there is nothing to count yet. */
export function figureText({ value, unit, currency }: Figure): string {
  if (value === null || value === undefined) return '—'
  if (unit === 'share') return percent(value)
  if (unit === 'seconds') return duration(value)
  return unit === 'minor' ? money(Math.round(value), currency || 'CNY') : number(value)
}
