import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api, given } from '@/api/client'

const AGAIN_MS = 3_000
const LATEST = 20

/** While a warehouse is being asked for its stock, what is known of it is looked at every few seconds: lists follow what has changed. */
export function useUnderWay(): void {
  const cache = useQueryClient()
  const { data } = useQuery({
    // Below the list's key: whoever asks a warehouse makes this be read anew with the list.
    queryKey: ['comparisons', 'under-way'],
    queryFn: async () =>
      given(await api.GET('/api/v1/stock/comparisons', { params: { query: { limit: LATEST } } }))
        .items.filter((one) => !one.finished_at && !one.error)
        .map(({ id, asked, differing }) => [id, asked, differing].join(' '))
        .join('\n'),
    refetchInterval: ({ state }) => (state.data ? AGAIN_MS : false),
    staleTime: 0,
  })
  const known = useRef<string>(undefined)
  useEffect(() => {
    const before = known.current
    known.current = data
    // The first answer is as old as the lists themselves.
    if (before === undefined || before === data) return
    void cache.invalidateQueries({
      queryKey: ['comparisons'],
      predicate: ({ queryKey }) => queryKey[1] !== 'under-way',
    })
    void cache.invalidateQueries({ queryKey: ['differences'] })
  }, [cache, data])
}
