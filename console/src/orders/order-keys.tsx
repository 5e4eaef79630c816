import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useMay } from '@/api/me'
import { useKeys } from '@/frame/keys'
import { useWords } from '@/i18n/words'
import { ACTIONS, type Action } from './bulk/actions'
import { bulkWords } from './bulk/words'
import { BulkDialog, PrintDialog } from './dialogs'
import { orderKey } from './order/queries'

/**
 * The keys of an order (A, H, W, M, P) for the row of a list that is about it, while it is not opened. Files of the list stay the list's own.
 * What was begun goes on when the row has gone from the list meanwhile.
 */
export function OrderKeys({ order }: { order: { id: string; no: string } | null }) {
  const b = useWords(bulkWords)
  const may = useMay()
  const cache = useQueryClient()
  const [started, setStarted] = useState<{ action: Action; id: string; orderNo: string } | null>(null)
  const actions = ACTIONS.filter((one) => one.key && one.action !== 'export' && may(one.right))
  useKeys(
    actions.map((action) => ({
      key: action.key ?? '',
      says: b(action.action),
      run: () => {
        if (order) setStarted({ action, id: order.id, orderNo: order.no })
      },
    })),
    { isOn: order !== null && started === null },
  )
  if (started === null) return null
  const target = { order_nos: [started.orderNo], count: 1 }
  const close = () => {
    setStarted(null)
    void cache.invalidateQueries({ queryKey: orderKey(started.id) })
    for (const key of ['list', 'queues', 'count', 'exceptions']) void cache.invalidateQueries({ queryKey: [key] })
  }
  if (started.action.action === 'print') return <PrintDialog target={target} onClose={close} />
  return <BulkDialog action={started.action} target={target} onClose={close} />
}
