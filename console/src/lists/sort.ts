import type { Sort } from '@/grid/grid-head'

/** A sort as addresses and saved views have it: the column, `-` before it when it falls. */
export function readSort(text: string | null): Sort | null {
  if (!text) return null
  return text.startsWith('-') ? { field: text.slice(1), isDescending: true } : { field: text, isDescending: false }
}

export const writeSort = (sort: Sort | null): string => (sort ? `${sort.isDescending ? '-' : ''}${sort.field}` : '')
