import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { troubleOf } from '@/frame/use-reading'
import { counterpartName } from '@/health/counterparts'
import { KindName } from '@/health/kind-name'
import { MessageView } from '@/health/message-view'
import { healthWords } from '@/health/words'
import { useEnum } from '@/api/enums'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import styles from './messages.module.css'

/** Messages with the platform, the warehouses and the carriers about this order, each raw beside what we read in it. */
export default function Messages({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const h = useWords(healthWords)
  const state = useEnum('message_state')
  const [open, setOpen] = useState<string | null>(null)
  const answer = useQuery({
    queryKey: ['messages', order.order_no],
    queryFn: async () =>
      given(await api.GET('/api/v1/messages', { params: { query: { business_key: order.order_no, limit: 200 } } }))
        .items,
    staleTime: 15_000,
  })
  const trouble = troubleOf(answer)
  if (trouble) return trouble
  if (answer.isPending) return <Skeleton active />
  const messages = answer.data ?? []
  if (messages.length === 0) return <p className="dim">{t('noMessages')}</p>
  return (
    <ul className={styles.list}>
      {messages.map((message) => (
        <li key={message.id}>
          <button
            type="button"
            className={styles.line}
            aria-expanded={open === message.id}
            onClick={() => {
              setOpen(open === message.id ? null : message.id)
            }}
          >
            <span className="dim">{instant(message.at)}</span>
            <span aria-hidden>{message.direction === 'i' ? '↓' : '↑'}</span>
            <span className={styles.kind}>
              <KindName kind={message.kind} />
            </span>
            <span className="dim">{counterpartName(message.counterpart, h)}</span>
            <span className="dim">{state(message.state)}</span>
          </button>
          {open === message.id && <MessageView id={message.id} />}
        </li>
      ))}
    </ul>
  )
}
