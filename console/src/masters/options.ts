import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api, given } from '@/api/client'

export interface Option {
  value: string
  label: string
}

const NONE: Option[] = []
const LIMIT = 200
const label = (one: { code: string; name: string }) => ({
  value: one.code,
  label: one.name === one.code ? one.code : `${one.name} (${one.code})`,
})

/** Warehouses, carriers and shops to choose from. */
export function useWarehouses(): Option[] {
  return (
    useQuery({
      queryKey: ['options', 'warehouses'],
      queryFn: async () =>
        given(await api.GET('/api/v1/network/warehouses', { params: { query: { limit: LIMIT } } })).items.map(label),
      staleTime: 60_000,
    }).data ?? NONE
  )
}

export function useCarriers(): Option[] {
  return (
    useQuery({
      queryKey: ['options', 'carriers'],
      queryFn: async () =>
        given(await api.GET('/api/v1/network/carriers', { params: { query: { limit: LIMIT } } })).items.map(label),
      staleTime: 60_000,
    }).data ?? NONE
  )
}

const SHOPS = {
  queryKey: ['options', 'shops'],
  queryFn: async () => given(await api.GET('/api/v1/shops', { params: { query: { limit: LIMIT } } })).items,
  staleTime: 60_000,
}
type Shop = Awaited<ReturnType<typeof SHOPS.queryFn>>[number]

const everyShop = (shops: Shop[]) => shops.map(label)

export function useShops(): Option[] {
  return useQuery({ ...SHOPS, select: everyShop }).data ?? NONE
}

/** Platforms whose orders come as files too; those of the others are fetched from there alone. */
const OF_FILES: ReadonlySet<string> = new Set(['direct', 'sheet'])
const shopsOfFiles = (shops: Shop[]) => shops.filter(({ platform }) => OF_FILES.has(platform)).map(label)

/** The shops into which a file of orders may be imported. */
export function useFileShops(): Option[] {
  return useQuery({ ...SHOPS, select: shopsOfFiles }).data ?? NONE
}

/** Names by code, as the options say them; a code that is not among them stays. */
export function useNameOf(options: readonly Option[]): (code: string | null | undefined) => string {
  return useCallback((code) => options.find((one) => one.value === code)?.label ?? code ?? '', [options])
}

const WAREHOUSE_SYSTEMS = ['qimen']

/** Connections with warehouse systems. */
export function useWarehouseSystems(): Option[] {
  const { data } = useQuery({
    queryKey: ['options', 'connections'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/connections', { params: { query: { limit: LIMIT } } })).items,
    staleTime: 60_000,
  })
  return (data ?? [])
    .filter((one) => WAREHOUSE_SYSTEMS.includes(one.protocol))
    .map((one) => ({ value: one.code, label: `${one.code} (${one.protocol})` }))
}
