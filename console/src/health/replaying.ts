import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { toastProblem } from '@/frame/toasts'

export type Message = components['schemas']['MessageView']

const SEND = 100
const READ = 200
const EVERY_MS = 1_500

/** What became of one message: read; not to be read still; ours, which nobody reads; one that waited before; one that waits for its turn; never sent off. */
export type Result = 'read' | 'unreadable' | 'own' | 'waited' | 'waiting' | 'unsent' | 'missing'

interface Sent {
  ids: readonly string[]
  sent: ReadonlySet<string>
  left: ReadonlySet<string>
  isOver: boolean
}

const NONE: Sent = { ids: [], sent: new Set(), left: new Set(), isOver: true }

export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

export function resultOf(id: string, { sent, left }: Pick<Sent, 'sent' | 'left'>, now: Message | undefined): Result {
  if (!sent.has(id)) return 'unsent'
  if (now === undefined) return 'missing'
  if (now.direction === 'o') return 'own'
  if (now.state === 'waiting') return left.has(id) ? 'waited' : 'waiting'
  return now.state === 'set_aside' ? 'unreadable' : 'read'
}

async function readSome(ids: readonly string[]): Promise<Map<string, Message>> {
  const read = async (id: string[]) =>
    given(await api.GET('/api/v1/messages', { params: { query: { id, limit: READ } } })).items
  const found = await Promise.all(chunks(ids, READ).map(read))
  return new Map(found.flat().map((message) => [message.id, message]))
}

export interface Replayed {
  id: string
  message: Message | undefined
  result: Result
}

/** Reads many messages again: sent off a hundred at a time, then watched until each has been read. */
export function useReplaying() {
  const [work, setWork] = useState<Sent | null>(null)
  const { ids, sent, left, isOver } = work ?? NONE
  const watched = useQuery({
    queryKey: ['replayed', ids],
    queryFn: () => readSome(ids),
    enabled: work !== null && isOver,
    gcTime: 0,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data && !ids.some((id) => resultOf(id, { sent, left }, state.data?.get(id)) === 'waiting')
        ? false
        : EVERY_MS,
  })

  async function start(wanted: readonly string[]): Promise<void> {
    let now: Sent = { ...NONE, ids: wanted, isOver: false }
    setWork(now)
    try {
      for (const some of chunks(wanted, SEND)) {
        const answer = given(await api.POST('/api/v1/messages/replays', { body: { ids: some } }))
        now = { ...now, sent: new Set([...now.sent, ...some]), left: new Set([...now.left, ...answer.left]) }
        setWork(now)
      }
    } catch (problem) {
      toastProblem(problem)
    }
    setWork({ ...now, isOver: true })
  }

  const rows: Replayed[] = ids.map((id) => {
    const message = watched.data?.get(id)
    return {
      id,
      message,
      result: isOver && watched.data ? resultOf(id, { sent, left }, message) : sent.has(id) ? 'waiting' : 'unsent',
    }
  })
  return {
    isOpen: work !== null,
    isSending: !isOver,
    sent: sent.size,
    rows,
    start,
    close: () => {
      setWork(null)
    },
  }
}
