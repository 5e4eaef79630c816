import { useMutation } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import { ApiProblem } from '@/api/problems'
import { toast, toastProblem } from '@/frame/toasts'
import { say } from '@/i18n/words'
import type { Order } from '../shapes'
import { editWords } from './edit-words'
import { inverseOf, type LinesBody } from './line-edits'
import { useOrderCommands } from './queries'

export interface AddressBody {
  name?: string
  phone?: string
  province?: string
  city?: string
  district?: string
  detail?: string
}

const params = (id: string, version: number) => ({
  path: { order_id: Number(id) },
  header: { 'If-Match': `"v${version}"` },
})

async function readOrder(id: string): Promise<Order> {
  return given(await api.GET('/api/v1/orders/{order_id}', { params: { path: { order_id: Number(id) } } }))
}

interface Told {
  /** Somebody was quicker: the order as it is now. */
  onNewer: (now: Order) => void
  onDone: () => void
}

function useNewer(order: Order, onNewer: (now: Order) => void) {
  return async (error: unknown) => {
    if (error instanceof ApiProblem && error.isConflict) onNewer(await readOrder(order.id))
  }
}

/** Saves another receiver; undone by taking the platform's back, where that is what was in force before. */
export function useAddressEdit(order: Order, { onNewer, onDone }: Told) {
  const { refresh } = useOrderCommands(order)
  const restore = useRestore(order)
  return useMutation({
    mutationFn: (body: AddressBody) =>
      api.POST('/api/v1/orders/{order_id}/receiver', { params: params(order.id, order.version), body }),
    onSuccess: () => {
      refresh()
      onDone()
      const undo = () => {
        restore.mutate()
      }
      toast(say(editWords, 'addressEdited', { no: order.order_no }), order.edits.is_receiver_edited ? {} : { undo })
    },
    onError: useNewer(order, onNewer),
  })
}

/** Takes the platform's receiver back, whatever version the order has by now. */
export function useRestore(order: Order) {
  const { refresh } = useOrderCommands(order)
  return useMutation({
    mutationFn: async () => {
      const now = await readOrder(order.id)
      return api.POST('/api/v1/orders/{order_id}/receiver/restore', { params: params(now.id, now.version) })
    },
    onSuccess: () => {
      toast(say(editWords, 'addressRestored', { no: order.order_no }))
    },
    onError: toastProblem,
    onSettled: refresh,
  })
}

/** Saves what shall be sent; undone by the opposite change, as long as no warehouse has it. */
export function useLinesEdit(order: Order, { onNewer, onDone }: Told) {
  const { refresh } = useOrderCommands(order)
  const undoing = useMutation({
    mutationFn: async () => {
      const now = await readOrder(order.id)
      const body = inverseOf(order, now)
      return api.POST('/api/v1/orders/{order_id}/lines', { params: params(now.id, now.version), body })
    },
    onSuccess: () => {
      toast(say(editWords, 'undone', { no: order.order_no }))
    },
    onError: toastProblem,
    onSettled: refresh,
  })
  return useMutation({
    mutationFn: (body: LinesBody) =>
      api.POST('/api/v1/orders/{order_id}/lines', { params: params(order.id, order.version), body }),
    onSuccess: () => {
      refresh()
      onDone()
      const undo = () => {
        undoing.mutate()
      }
      toast(say(editWords, 'linesEdited', { no: order.order_no }), { undo })
    },
    onError: useNewer(order, onNewer),
  })
}
