import { Link } from 'react-router'
import type { TrailState } from '@/orders/trail'
import { messagesOf, type Exception } from './shapes'

/** The order that an exception is about, opened beside the list; or the messages of what is about no order. */
export function ReferenceLink({ row, onOpen }: { row: Exception; onOpen: (id: string) => void }) {
  const id = row.order_id
  if (!id) return <Link to={messagesOf(row)}>{row.order_no || row.ref_id}</Link>
  return (
    <Link
      to={`/orders/${id}`}
      state={{ trail: 'exceptions' } satisfies TrailState}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) return
        event.preventDefault()
        onOpen(id)
      }}
    >
      {row.order_no}
    </Link>
  )
}
