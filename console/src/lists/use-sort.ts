import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import type { Column } from '@/grid/columns'
import type { Sort } from '@/grid/grid-head'
import { readSort, writeSort } from './sort'
import { usePut } from './use-put'

/** How a plain list is sorted: by its address, by columns that the API sorts it by. */
export interface Sorting<Row> {
  columns: readonly Column<Row>[]
  sort: Sort | null
  /** As the API takes it; empty: as the list comes. */
  sortText: string
  onSort: (sort: Sort | null) => void
}

/** The columns of a list as far as it is sorted by them, and the sort that its address asks for. */
export function useSort<Row>(list: string | undefined, columns: readonly Column<Row>[]): Sorting<Row> {
  const { data } = useQuery({
    queryKey: ['sorts'],
    queryFn: async () => given(await api.GET('/api/v1/lists/sorts')),
    staleTime: Infinity,
  })
  const [params] = useSearchParams()
  const put = usePut()
  const able = list === undefined ? NONE : data?.[list]
  const wanted = readSort(params.get('sort'))
  // Until it is known what the list can do, the address is taken at its word. Another list of the page may have left its sort there.
  const sort = wanted && (able === undefined || able.includes(wanted.field)) ? wanted : null
  const sortable = useMemo(
    () => columns.map((column) => (able?.includes(column.id) ? { ...column, isSortable: true } : column)),
    [columns, able],
  )
  return {
    columns: sortable,
    sort,
    sortText: writeSort(sort),
    onSort: (next) => {
      put({ sort: writeSort(next) })
    },
  }
}

const NONE: readonly string[] = []
