import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { toastProblem } from '@/frame/toasts'

export type Message = components['schemas']['MessageView']

const SEND = 100
const READ = 200
const EVERY_MS = 1_500
/** As many times nothing may move before it is looked at less often, and how often the pause then doubles. */
const PATIENT = 4
const DOUBLED_MAX = 4

/** What became of one message: read; not to be read still; ours, which nobody reads; one that waited before; one that waits for its turn; never sent off. */
export type Result = 'read' | 'unreadable' | 'own' | 'waited' | 'waiting' | 'unsent' | 'missing'

interface Sent {
  ids: readonly string[]
  sent: ReadonlySet<string>
  left: ReadonlySet<string>
  isOver: boolean
  /** No further part is sent off; the one under way is still answered. */
  isStopping?: boolean
  /** How many times parts were sent off: each is watched anew. */
  round: number
}

/** How the messages are now; `still`: how many times in a row nothing had moved. */
interface Watched {
  messages: ReadonlyMap<string, Message>
  still: number
}

const NONE: Sent = { ids: [], sent: new Set(), left: new Set(), isOver: true, round: 0 }

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

/** The pause before one looks again, in ms: longer when nothing has moved for a while. */
export function pauseOf(still: number): number {
  return EVERY_MS * 2 ** Math.min(Math.max(still - PATIENT, 0), DOUBLED_MAX)
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
  // Which sending is shown: one that was left behind draws nothing any more.
  const shown = useRef(0)
  const stopped = useRef(0)
  const { ids, sent, left, isOver, isStopping = false, round } = work ?? NONE
  const waitingIn = (messages: ReadonlyMap<string, Message>) =>
    ids.filter((id) => resultOf(id, { sent, left }, messages.get(id)) === 'waiting')
  const watched = useQuery({
    queryKey: ['replayed', ids, round],
    queryFn: async ({ client, queryKey }): Promise<Watched> => {
      const before = client.getQueryData<Watched>(queryKey)
      const messages = await readSome(ids)
      const isStill = before && waitingIn(before.messages).length === waitingIn(messages).length
      return { messages, still: isStill ? before.still + 1 : 0 }
    },
    enabled: work !== null && isOver,
    gcTime: 0,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data && waitingIn(data.messages).length === 0 ? false : pauseOf(data?.still ?? 0),
  })

  async function send(from: Sent): Promise<void> {
    const mine = ++shown.current
    const show = (next: Sent) => {
      if (shown.current === mine) setWork(next)
    }
    let now: Sent = { ...from, isOver: false, isStopping: false, round: mine }
    show(now)
    try {
      const rest = now.ids.filter((id) => !from.sent.has(id))
      for (const some of chunks(rest, SEND)) {
        if (stopped.current === mine) break
        const answer = given(await api.POST('/api/v1/messages/replays', { body: { ids: some } }))
        now = { ...now, sent: new Set([...now.sent, ...some]), left: new Set([...now.left, ...answer.left]) }
        show(now)
      }
    } catch (problem) {
      toastProblem(problem)
    }
    show({ ...now, isOver: true, isStopping: false })
  }

  const rows: Replayed[] = ids.map((id) => {
    const message = watched.data?.messages.get(id)
    return {
      id,
      message,
      result: isOver && watched.data ? resultOf(id, { sent, left }, message) : sent.has(id) ? 'waiting' : 'unsent',
    }
  })
  return {
    isOpen: work !== null,
    isSending: !isOver,
    isStopping,
    /** Something that is not even on its way is left to be stopped. */
    canStop: !isOver && ids.length - sent.size > SEND,
    sent: sent.size,
    rows,
    start: (wanted: readonly string[]) => send({ ...NONE, ids: wanted }),
    /** Sends off no further part. What was sent off is read all the same; the rest may follow by `sendRest`. */
    stop: () => {
      stopped.current = shown.current
      setWork((now) => now && { ...now, isStopping: true })
    },
    /** What a failure or a stop left unsent; what was sent is not sent twice. */
    sendRest: () => send(work ?? NONE),
    close: () => {
      shown.current++
      setWork(null)
    },
  }
}
