import { useEffect, useRef } from 'react'

/** What the server tells as it happens; the data are JSON. */
export type EventName = 'hello' | 'orders' | 'exceptions' | 'queues' | 'claims' | 'job'

type Listener = (data: unknown) => void

const NAMES: readonly EventName[] = ['hello', 'orders', 'exceptions', 'queues', 'claims', 'job']
const listeners: Record<EventName, Set<Listener>> = {
  hello: new Set(),
  orders: new Set(),
  exceptions: new Set(),
  queues: new Set(),
  claims: new Set(),
  job: new Set(),
}
const AGAIN_MS = 15_000
let source: EventSource | null = null

function count(): number {
  return NAMES.reduce((sum, name) => sum + listeners[name].size, 0)
}

function open(): void {
  if (source !== null || count() === 0) return
  source = new EventSource('/api/v1/events')
  for (const name of NAMES)
    source.addEventListener(name, (event: MessageEvent<string>) => {
      const data: unknown = JSON.parse(event.data)
      for (const listener of listeners[name]) listener(data)
    })
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return
    source = null
    window.setTimeout(open, AGAIN_MS)
  })
}

/** Calls back whenever the server tells this; one stream serves the whole tab. */
export function useEvent(name: EventName, listener: Listener): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const call: Listener = (data) => {
      latest.current(data)
    }
    listeners[name].add(call)
    open()
    return () => {
      listeners[name].delete(call)
      if (count() === 0) {
        source?.close()
        source = null
      }
    }
  }, [name])
}
