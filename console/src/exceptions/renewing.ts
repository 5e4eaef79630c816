import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { api, given } from '@/api/client'
import { renewed, type Exception, type Shown } from './shapes'

const QUERY_KEY = ['exceptions']
/** Of all that is kept by that key, what has rows: the count beside them has none. */
const isRows = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey.at(-1) !== 'count'
const AT_ONCE = 200
const REST_MS = 3_000

async function read(ids: readonly string[]): Promise<Exception[]> {
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, n) =>
    ids.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  )
  const query = (id: string[]) => ({ params: { query: { id, limit: AT_ONCE } } })
  const answers = await Promise.all(parts.map((part) => api.GET('/api/v1/lists/exceptions', query([...part]))))
  return answers.flatMap((answer) => given(answer).items)
}

/** Reads rows that are shown anew where they stand; no row comes in, none jumps. Rejects when they cannot be read: all stand as they were. */
export function useRenewing() {
  const cache = useQueryClient()
  return useCallback(
    async (ids: readonly string[], { isOwn = false } = {}) => {
      if (ids.length === 0) return
      const found = new Map((await read(ids)).map((row) => [row.id, row]))
      const asked = new Set(ids)
      cache.setQueriesData<Shown>({ queryKey: QUERY_KEY, predicate: isRows }, (shown) =>
        shown ? renewed(shown, asked, found, isOwn) : shown,
      )
    },
    [cache],
  )
}

/** Takes a row out of the list where it stands. */
export function useForgetting() {
  const cache = useQueryClient()
  return (id: string) => {
    cache.setQueriesData<Shown>({ queryKey: QUERY_KEY, predicate: isRows }, (shown) =>
      shown ? renewed(shown, new Set([id]), new Map(), true) : shown,
    )
  }
}

/** Calls `work` soon, and not again before it has rested a while, however often it is wanted. */
export function useResting(work: () => void): () => void {
  const latest = useRef(work)
  const timer = useRef<number | undefined>(undefined)
  useEffect(() => {
    latest.current = work
  })
  useEffect(
    () => () => {
      window.clearTimeout(timer.current)
    },
    [],
  )
  return useCallback(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined
      latest.current()
    }, REST_MS)
  }, [])
}
