import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, given } from '@/api/client'
import type { Order } from '../shapes'

export const orderKey = (id: string) => ['order', id]

const path = (id: string) => ({ path: { order_id: Number(id) } })

export function useOrder(id: string) {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: [...orderKey(id), i18n.language],
    queryFn: async ({ signal }) => given(await api.GET('/api/v1/orders/{order_id}', { params: path(id), signal })),
  })
}

export interface HoldBody {
  note: string
  stops: number
}

/** Commands on one order; each names the version that was seen. */
export function useOrderCommands(order: Pick<Order, 'id' | 'version'>) {
  const cache = useQueryClient()
  const params = { ...path(order.id), header: { 'If-Match': `"v${order.version}"` } }
  const refresh = () => {
    void cache.invalidateQueries({ queryKey: orderKey(order.id) })
    for (const key of ['list', 'queues', 'count']) void cache.invalidateQueries({ queryKey: [key] })
  }
  const hold = useMutation({
    mutationFn: (body: HoldBody) => api.POST('/api/v1/orders/{order_id}/hold', { params, body }),
    onSettled: refresh,
  })
  const release = useMutation({
    mutationFn: (body: { note: string; reasons: string[] }) =>
      api.POST('/api/v1/orders/{order_id}/release', { params, body: body as never }),
    onSettled: refresh,
  })
  const cancel = useMutation({
    mutationFn: (body: { note: string }) => api.POST('/api/v1/orders/{order_id}/cancel', { params, body }),
    onSettled: refresh,
  })
  return { hold, release, cancel, refresh }
}
