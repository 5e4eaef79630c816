import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, given } from './client'
import { useEvent } from './events'

interface Heard {
  /** The snapshot up to which orders are asked for, because nobody has told of them. */
  upto: string
  /** The snapshot of the newest event. */
  latest: string
  /** Orders told of since `upto`. */
  changed: number
}

/**
 * How many orders have changed since a page was read at the snapshot `asOf`: those that the server tells of, and those that it
 * could not tell of, because the stream had not begun or had broken off.
 */
export function useNews(asOf: string | undefined): number {
  const [heard, setHeard] = useState<Heard>({ upto: '', latest: '', changed: 0 })
  const [readAt, setReadAt] = useState(asOf)
  if (readAt !== asOf) {
    setReadAt(asOf)
    setHeard(({ latest }) => ({ upto: latest, latest, changed: 0 }))
  }
  useEvent('hello', (data) => {
    const { upto } = data as { upto: string }
    setHeard({ upto, latest: upto, changed: 0 })
  })
  useEvent('orders', (data) => {
    const { changed, upto } = data as { changed: number; upto: string }
    setHeard((before) => ({ ...before, latest: upto, changed: before.changed + changed }))
  })
  const missed = useQuery({
    queryKey: ['missed', asOf, heard.upto],
    queryFn: async ({ signal }) => {
      const query = { since: asOf ?? '', upto: heard.upto }
      return given(await api.GET('/api/v1/events/missed', { params: { query }, signal }))
    },
    enabled: Boolean(asOf && heard.upto),
    staleTime: Infinity,
    gcTime: 0,
  })
  return (missed.data?.changed ?? 0) + heard.changed
}
