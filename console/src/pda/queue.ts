import { Refusal, send } from './api'

/** What was scanned while there was no network: kept in the browser, sent once, in order. The key makes a second try harmless. */
interface Kept {
  key: string
  path: string
  body: unknown
  label: string
}

const STORED = 'paidan.pda.queue'
const AGAIN_MS = 15_000

export function readQueue(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? '[]') as Kept[]
  } catch {
    return []
  }
}

function write(queue: Kept[]): void {
  localStorage.setItem(STORED, JSON.stringify(queue))
}

interface Told {
  onSent: (label: string) => void
  onRefused: (label: string, why: string) => void
  onKept: (count: number) => void
}

let isSending = false

/** Sends what is kept, oldest first. A refusal is told and dropped: sending it again would change nothing. */
export async function drain(told: Told): Promise<void> {
  if (isSending) return
  isSending = true
  try {
    for (let [first] = readQueue(); first; [first] = readQueue()) {
      try {
        await send(first.path, first.body, first.key)
        told.onSent(first.label)
      } catch (error) {
        if (!(error instanceof Refusal) || error.status >= 500) {
          told.onKept(readQueue().length)
          return
        }
        told.onRefused(first.label, error.message)
      }
      write(readQueue().slice(1))
    }
  } finally {
    isSending = false
  }
}

export function put(path: string, body: unknown, label: string): void {
  write([...readQueue(), { key: crypto.randomUUID(), path, body, label }])
}

export function drainOften(told: Told): void {
  window.addEventListener('online', () => void drain(told))
  window.setInterval(() => {
    if (readQueue().length > 0) void drain(told)
  }, AGAIN_MS)
}
