import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import type { Field } from './filters'

export type ListName = 'orders'
export type ListRow = Record<string, unknown> & { id: string }

type Count = components['schemas']['CountView']

const PAGE = 200

/** The lists are alike: their names make the address, so their types are said here. */
async function readList<Answer>(path: string, query?: object, signal?: AbortSignal): Promise<Answer> {
  const answer = await api.GET(`/api/v1/lists/${path}` as '/api/v1/lists/orders', {
    params: { query: query as never },
    signal,
  })
  return given(answer) as unknown as Answer
}

/** The fields of a list: one definition for columns, filters, sorting and export. */
export function useFields(list: ListName): Field[] {
  const { data } = useQuery({
    queryKey: ['fields', list],
    queryFn: () => readList<Field[]>(`${list}/fields`),
    staleTime: Infinity,
  })
  return data ?? NO_FIELDS
}

const NO_FIELDS: Field[] = []

/** Rows of a list, page behind page as somebody scrolls. */
export function useRows<Row extends { id: string }>(
  list: ListName,
  filters: readonly string[],
  sort: string,
  group: string,
  isOn = true,
) {
  const query = useInfiniteQuery({
    queryKey: ['list', list, filters, sort, group],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        f: [...filters],
        sort: sort || undefined,
        group: group || undefined,
        cursor: pageParam,
        limit: PAGE,
      }
      return readList<{ items: Row[]; next?: string | null; as_of: string }>(list, query, signal)
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: isOn,
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { ...query, rows, asOf: query.data?.pages[0]?.as_of }
}

export type Groups = components['schemas']['Groups']

/** All groups of what matches, loaded or not. */
export function useGroups(list: ListName, filters: readonly string[], group: string) {
  return useQuery({
    queryKey: ['count', 'groups', list, filters, group], // a count like others: what renews counts renews it
    queryFn: ({ signal }) => readList<Groups>(`${list}/groups`, { f: [...filters], group }, signal),
    enabled: group !== '',
  })
}

/** How many rows match: exact to 10,000. */
export function useCount(list: ListName, filters: readonly string[]) {
  return useQuery({
    queryKey: ['count', list, filters],
    queryFn: ({ signal }) => readList<Count>(`${list}/count`, { f: [...filters] }, signal),
    placeholderData: keepPreviousData,
  })
}
