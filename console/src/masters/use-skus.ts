import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, given } from '@/api/client'

const PAUSE_MS = 150

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
  const { data = [], isSuccess } = useQuery({
    queryKey: ['sku-suggestions', asked],
    queryFn: async ({ signal }) =>
      given(await api.GET('/api/v1/catalog/sku-suggestions', { params: { query: { text: asked } }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  return {
    found: data,
    isWhole: data.some((sku) => sku.code === typed),
    isUnknown: isSuccess && asked === typed && typed !== '' && data.length === 0,
  }
}
