import { answerTo, remember, type Sent } from './answers'
import { Refusal, send, whoAmI } from './api'
import { keep, onKeptElsewhere, recall } from './kept'

/** Something to be sent: kept in the browser until the server has answered. `scan_id` in its body makes a second sending harmless. */
export interface Kept {
  path: string
  body: Record<string, unknown> & { scan_id: string }
  label: string
  /** The number it ends, so that it is shown as work no longer. */
  ends?: string
  /** Refused: why, and what to do next. It stays until a person has read it. */
  refused?: { why: string; next: string }
}

const AGAIN_MS = 10_000
const listeners = new Set<() => void>()
let running: Promise<void> | null = null
let isSignedOut = false

export const readQueue = () => recall<Kept[]>('queue', [])
export const isEnded = (no: string) => readQueue().some((one) => one.ends === no && !one.refused)

/** What was refused of the work under this path, until somebody has read it. */
export const refusedUnder = (path: string) => readQueue().filter((one) => one.refused && one.path.startsWith(path))

/** The numbers that what is kept now will end. */
export const ending = () => new Set(readQueue().flatMap((one) => (one.ends && !one.refused ? [one.ends] : [])))

/** Tells whenever what is kept has changed, until the answer is called. */
export function onQueue(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function write(queue: Kept[]): boolean {
  const isKept = keep('queue', queue)
  tell()
  return isKept
}

function tell(): void {
  for (const listener of listeners) listener()
}

/** Keeps it and gives its id; null: the browser could not keep it, so nothing may be taken for done. */
export function put(path: string, body: Record<string, unknown>, label: string, ends?: string): string | null {
  const scanId = crypto.randomUUID()
  const one: Kept = { path, body: { ...body, scan_id: scanId }, label, ...(ends ? { ends } : {}) }
  return write([...readQueue(), one]) ? scanId : null
}

export function dismiss(scanId: string): void {
  write(readQueue().filter((one) => one.body.scan_id !== scanId))
}

/** Sends what is kept, oldest first, and tells what became of `scanId`. A refusal stays in the list for people to read. */
export async function drain(scanId = ''): Promise<Sent> {
  while (running) await running
  running = alone(sendAll)
  await running
  running = null
  return (await answerTo(scanId)) ?? { is: 'kept' }
}

/** One tab of this device sends at a time, so that each is sent once. Where tabs can't wait for each other the server still counts it once. */
async function alone(work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request('paidan.pda.queue', work)
  else await work()
}

async function sendAll(): Promise<void> {
  try {
    if (isSignedOut) await whoAmI()
    isSignedOut = false
    for (let next = waiting(); next; next = waiting()) {
      const scanId = next.body.scan_id
      const heard = await answerTo(scanId) // another tab has sent it, and this one still saw it waiting
      const told = heard ?? (await sendOne(next))
      if (told.is === 'kept') return
      if (!heard) await remember(scanId, told)
      settle(scanId, told)
    }
  } catch {
    // Nobody is signed in, or there is no network: everything stays where it is.
  }
}

const waiting = () => readQueue().find((one) => !one.refused)

async function sendOne(one: Kept): Promise<Sent> {
  try {
    return { is: 'sent', answer: await send(one.path, one.body) }
  } catch (error) {
    if (!(error instanceof Refusal) || error.isPassing) return { is: 'kept' }
    if (error.isSignedOut) {
      isSignedOut = true
      return { is: 'kept' }
    }
    return { is: 'refused', why: error.message, next: error.next }
  }
}

/** What was answered is no longer waiting: done, or refused until a person has read it. */
function settle(scanId: string, told: Sent): void {
  if (told.is === 'sent') dismiss(scanId)
  if (told.is !== 'refused') return
  const refused = { why: told.why, next: told.next }
  write(readQueue().map((kept) => (kept.body.scan_id === scanId ? { ...kept, refused } : kept)))
}

export function drainOften(): void {
  onKeptElsewhere('queue', tell)
  window.addEventListener('online', () => void drain())
  window.setInterval(() => {
    if (waiting()) void drain()
  }, AGAIN_MS)
}
