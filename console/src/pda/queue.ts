import { Refusal, send, whoAmI } from './api'
import { keep, recall } from './kept'

/** Something to be sent: kept in the browser until the server has answered. `scan_id` in its body makes a second sending harmless. */
export interface Kept {
  path: string
  body: Record<string, unknown> & { scan_id: string }
  label: string
  /** Refused: why, and what to do next. It stays until a person has read it. */
  refused?: { why: string; next: string }
}

const AGAIN_MS = 10_000
const listeners = new Set<() => void>()
let isSending = false
let isSignedOut = false

export const readQueue = () => recall<Kept[]>('queue', [])

export function onQueue(listener: () => void): void {
  listeners.add(listener)
}

function write(queue: Kept[]): void {
  keep('queue', queue)
  for (const listener of listeners) listener()
}

/** False: the browser could not keep it, so nothing may be taken for done. */
export function put(path: string, body: Record<string, unknown>, label: string): string | null {
  const scanId = crypto.randomUUID()
  const queue = [...readQueue(), { path, body: { ...body, scan_id: scanId }, label }]
  if (!keep('queue', queue)) return null
  for (const listener of listeners) listener()
  return scanId
}

export function dismiss(scanId: string): void {
  write(readQueue().filter((one) => one.body.scan_id !== scanId))
}

export type Sent = { is: 'sent'; answer: unknown } | { is: 'refused'; why: string; next: string } | { is: 'kept' }

/** Sends what is kept, oldest first, and tells what became of `scanId`. A refusal stays in the list for people to read. */
export async function drain(scanId = ''): Promise<Sent> {
  let mine: Sent = { is: 'kept' }
  if (isSending) return mine
  isSending = true
  try {
    if (isSignedOut) await whoAmI()
    isSignedOut = false
    for (let next = waiting(); next; next = waiting()) {
      const told = await sendOne(next)
      if (next.body.scan_id === scanId) mine = told
      if (told.is === 'kept') break
    }
  } catch {
    // Nobody is signed in, or there is no network: everything stays where it is.
  } finally {
    isSending = false
  }
  return mine
}

const waiting = () => readQueue().find((one) => !one.refused)

async function sendOne(one: Kept): Promise<Sent> {
  try {
    const answer = await send(one.path, one.body)
    dismiss(one.body.scan_id)
    return { is: 'sent', answer }
  } catch (error) {
    if (!(error instanceof Refusal) || error.isPassing) return { is: 'kept' }
    if (error.isSignedOut) {
      isSignedOut = true
      return { is: 'kept' }
    }
    const refused = { why: error.message, next: error.next }
    write(readQueue().map((kept) => (kept.body.scan_id === one.body.scan_id ? { ...kept, refused } : kept)))
    return { is: 'refused', ...refused }
  }
}

export function drainOften(): void {
  window.addEventListener('online', () => void drain())
  window.setInterval(() => {
    if (waiting()) void drain()
  }, AGAIN_MS)
}
