import { useMutation } from '@tanstack/react-query'
import { api } from '@/api/client'
import { isNewer } from '@/api/problems'
import { toast, toastProblem } from '@/frame/toasts'
import { say } from '@/i18n/words'
import type { Order } from '../shapes'
import type { AddressBody } from './address-edits'
import { editWords } from './edit-words'
import { inverseOf, isLatestEdit, type LinesBody } from './line-edits'
import { readOrder, useOrderCommands } from './queries'

const params = (id: string, version: number) => ({
  path: { order_id: Number(id) },
  header: { 'If-Match': `"v${version}"` },
})

interface Told {
  /** Somebody was quicker: the order as it is now, null where that could not be read. */
  onNewer: (now: Order | null) => void
  onDone: () => void
}

function useNewer(order: Order, onNewer: Told['onNewer']) {
  return async (error: unknown) => {
    if (isNewer(error)) onNewer(await readOrder(order.id).catch(() => null))
  }
}

/** What was meant is no longer there: somebody has edited since. Nothing is done; the newest is shown. */
class ChangedSince extends Error {}

function tellRefusal(error: unknown): void {
  if (error instanceof ChangedSince) toast(say(editWords, 'changedSince'), { kind: 'bad' })
  else toastProblem(error)
}

/** Another receiver is saved upon the version one has seen; undone by taking the platform's back, where that was in force and nobody edited since. */
export function useAddressEdit(order: Order) {
  const { refresh } = useOrderCommands(order)
  const restoring = useRestoring(order)
  return {
    save: (base: Order, body: AddressBody) =>
      api.POST('/api/v1/orders/{order_id}/receiver', { params: params(base.id, base.version), body }),
    tell: (base: Order) => {
      refresh()
      const undo = () => {
        restoring.mutate((now) => isLatestEdit(base, now))
      }
      toast(say(editWords, 'addressEdited', { no: base.order_no }), base.edits.is_receiver_edited ? {} : { undo })
    },
  }
}

/** Both receivers as they are shown: who chooses has seen these. */
function receiversOf({ edits, receiver_name, receiver_phone, province, city, district }: Order): string {
  return JSON.stringify([edits.platform_receiver, receiver_name, receiver_phone, province, city, district])
}

/** Takes the platform's receiver back. A pass may have given the order another version meanwhile; what is asked for says whether it is still the same choice. */
function useRestoring(order: Order) {
  const { refresh } = useOrderCommands(order)
  return useMutation({
    mutationFn: async (isMeant: (now: Order) => boolean) => {
      const now = await readOrder(order.id)
      if (!isMeant(now)) throw new ChangedSince()
      return api.POST('/api/v1/orders/{order_id}/receiver/restore', { params: params(now.id, now.version) })
    },
    onSuccess: () => {
      toast(say(editWords, 'addressRestored', { no: order.order_no }))
    },
    onError: tellRefusal,
    onSettled: refresh,
  })
}

/** The same, of the receivers as they are shown. */
export function useRestore(order: Order) {
  const { mutate, ...restoring } = useRestoring(order)
  return {
    ...restoring,
    mutate: () => {
      mutate((now) => receiversOf(now) === receiversOf(order))
    },
  }
}

/** Saves what shall be sent; undone by the opposite change, as long as no warehouse has it and nobody edited since. */
export function useLinesEdit(order: Order, { onNewer, onDone }: Told) {
  const { refresh } = useOrderCommands(order)
  const undoing = useMutation({
    mutationFn: async (made: LinesBody) => {
      const now = await readOrder(order.id)
      const body = inverseOf(order, made, now)
      if (!body) throw new ChangedSince()
      return api.POST('/api/v1/orders/{order_id}/lines', { params: params(now.id, now.version), body })
    },
    onSuccess: () => {
      toast(say(editWords, 'undone', { no: order.order_no }))
    },
    onError: tellRefusal,
    onSettled: refresh,
  })
  return useMutation({
    mutationFn: (body: LinesBody) =>
      api.POST('/api/v1/orders/{order_id}/lines', { params: params(order.id, order.version), body }),
    onSuccess: (_, made) => {
      refresh()
      onDone()
      const undo = () => {
        undoing.mutate(made)
      }
      toast(say(editWords, 'linesEdited', { no: order.order_no }), { undo })
    },
    onError: useNewer(order, onNewer),
  })
}
