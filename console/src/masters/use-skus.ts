import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'

type Sku = components['schemas']['SkuSuggestion']

const PAUSE_MS = 150
const NOTHING = { found: [] as Sku[], isWhole: false, isUnknown: false }

/** SKUs that a typed text may mean, found by the server by code, barcode or name; and whether it is the whole code of one. */
export function useSkus(text: string) {
  const typed = text.trim()
  const [asked, setAsked] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(typed)
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [typed])
  const { data = [], isPlaceholderData } = useQuery({
    queryKey: ['sku-suggestions', asked],
    queryFn: async ({ signal }) =>
      given(await api.GET('/api/v1/catalog/sku-suggestions', { params: { query: { text: asked } }, signal })),
    enabled: asked !== '',
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const isFresh = asked === typed && !isPlaceholderData
  const wanted = typed.toLowerCase()
  if (!typed) return NOTHING
  return {
    // Of what was asked for a moment ago only what fits still: Enter must choose nothing else.
    found: isFresh ? data : data.filter((sku) => `${sku.code} ${sku.name}`.toLowerCase().includes(wanted)),
    isWhole: data.some((sku) => sku.code === typed),
    isUnknown: isFresh && data.length === 0,
  }
}
