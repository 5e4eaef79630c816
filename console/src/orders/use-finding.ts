import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { fromAddress, partOf, toAddress, type Part } from './finding'

export interface Finding extends Part {
  found: string[]
  missing: string[]
  /** More was found than is shown. */
  isCut: boolean
  kind: string
}

export interface Search {
  /** What the address asks for; null without a search. */
  asked: string | null
  /** Asked for by an address of another tab, which alone knows the numbers. */
  isLost: boolean
  isLooking: boolean
  error: Error | null
  finding: Finding | null
  start: (text: string) => void
  /** The part from this number on. */
  goOn: (from: number) => void
  end: () => void
}

/** The search of the page. It lives in the address, so a reload, a link and "back" find it again. */
export function useFinding(): Search {
  const [params, setParams] = useSearchParams()
  const named = params.get('find')
  const asked = useMemo(() => (named === null ? null : fromAddress(named)), [named])
  const from = Number(params.get('from') ?? 0) || 0
  const part = useMemo(() => (asked ? partOf(asked, from) : null), [asked, from])
  const query = useQuery({
    queryKey: ['find', part?.text],
    queryFn: async ({ signal }) =>
      given(await api.POST('/api/v1/lists/orders/find', { body: { text: part?.text ?? '' }, signal })),
    enabled: part !== null,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    retry: false,
  })
  const finding = useMemo(() => {
    if (part === null || !query.data) return null
    const { found, missing, is_cut: isCut, kind } = query.data
    return { ...part, found: [...found], missing: [...missing], isCut, kind }
  }, [part, query.data])

  // Each search is a step of the history; its end is none.
  function put(find: string | null, at: number): void {
    const next = new URLSearchParams(params)
    for (const name of ['find', 'from', 'open']) next.delete(name)
    if (find !== null) next.set('find', find)
    if (at > 0) next.set('from', String(at))
    if (next.toString() !== params.toString()) setParams(next, { replace: find === null })
    else if (find !== null) void query.refetch()
  }

  return {
    asked,
    isLost: named !== null && asked === null,
    isLooking: part !== null && query.isPending,
    error: query.error,
    finding,
    start: (text) => {
      const wanted = text.trim()
      put(wanted ? toAddress(wanted) : null, 0)
    },
    goOn: (at) => {
      put(named, at)
    },
    end: () => {
      put(null, 0)
    },
  }
}
