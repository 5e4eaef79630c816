import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, given } from '@/api/client'
import { toast, toastProblem } from '@/frame/toasts'
import { say } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'

export const orderKey = (id: string) => ['order', id]

const path = (id: string) => ({ path: { order_id: Number(id) } })

/** The order as it is now. */
export async function readOrder(id: string, signal?: AbortSignal): Promise<Order> {
  return given(await api.GET('/api/v1/orders/{order_id}', { params: path(id), signal }))
}

/** One order in a language: its words come from the server. */
export function orderQuery(id: string, language: string) {
  return queryOptions({
    queryKey: [...orderKey(id), language],
    queryFn: ({ signal }) => readOrder(id, signal),
  })
}

export function useOrder(id: string) {
  const { i18n } = useTranslation()
  return useQuery(orderQuery(id, i18n.language))
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
    for (const key of ['list', 'queues', 'count', 'exceptions']) void cache.invalidateQueries({ queryKey: [key] })
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

/** Holds an order again that was released a moment ago: the release has given it another version, a pass perhaps one more. */
export function useHoldAgain(order: Pick<Order, 'id' | 'version' | 'order_no'>) {
  const { refresh } = useOrderCommands(order)
  return useMutation({
    mutationFn: async (body: HoldBody) => {
      const { version } = await readOrder(order.id)
      const params = { ...path(order.id), header: { 'If-Match': `"v${version}"` } }
      return api.POST('/api/v1/orders/{order_id}/hold', { params, body })
    },
    onSuccess: () => {
      toast(say(orderWords, 'heldAgain', { no: order.order_no }))
    },
    onError: toastProblem,
    onSettled: refresh,
  })
}
