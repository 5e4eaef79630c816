import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { Sort } from '@/grid/grid-head'
import { readFilters, writeFilter, type Filter } from './filters'
import { readSort, writeSort } from './sort'

export interface ListUrl {
  filters: Filter[]
  /** The filters as the API takes them. */
  texts: string[]
  sort: Sort | null
  sortText: string
  group: string | null
  open: string | null
  view: string | null
  setFilters: (filters: readonly Filter[]) => void
  setSort: (sort: Sort | null) => void
  set: (change: Partial<Record<'group' | 'open' | 'view', string | null>>) => void
  /** Everything at once: what a saved view or a queue says. */
  apply: (wanted: Wanted) => void
}

/** What a list is to show. */
export interface Wanted {
  filters: readonly string[]
  sort: string
  group: string
  /** The saved view it is, or goes on being though it differs from it. */
  view: string | null
}

/** A list's filters, sort, view and open row: they live in the address, so a link is a view. An opened view stays the opened one while filters and all else differ from it. */
export function useListUrl(): ListUrl {
  const [params, setParams] = useSearchParams()
  const joined = params.getAll('f').join('\n')
  const texts = useMemo(() => (joined === '' ? [] : joined.split('\n')), [joined])
  const filters = useMemo(() => readFilters(texts), [texts])
  const sortText = params.get('sort') ?? ''
  const sort = useMemo(() => readSort(sortText), [sortText])

  const change = useCallback(
    (edit: (next: URLSearchParams) => void) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          edit(next)
          return next
        },
        { replace: true },
      )
    },
    [setParams],
  )
  const setFilters = useCallback(
    (wanted: readonly Filter[]) => {
      change((next) => {
        next.delete('f')
        for (const filter of wanted) next.append('f', writeFilter(filter))
      })
    },
    [change],
  )
  const setSort = useCallback(
    (wanted: Sort | null) => {
      change((next) => {
        if (wanted === null) next.delete('sort')
        else next.set('sort', writeSort(wanted))
      })
    },
    [change],
  )
  const set: ListUrl['set'] = useCallback(
    (wanted) => {
      change((next) => {
        for (const [name, value] of Object.entries(wanted)) {
          if (value === null) next.delete(name)
          else next.set(name, value)
        }
      })
    },
    [change],
  )
  const apply = useCallback(
    ({ filters: texts, ...named }: Wanted) => {
      change((next) => {
        for (const name of ['f', 'find', 'from']) next.delete(name)
        for (const text of texts) next.append('f', text)
        for (const [name, value] of Object.entries(named)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
      })
    },
    [change],
  )
  return {
    filters,
    texts,
    sort,
    sortText,
    group: params.get('group'),
    open: params.get('open'),
    view: params.get('view'),
    setFilters,
    setSort,
    set,
    apply,
  }
}
