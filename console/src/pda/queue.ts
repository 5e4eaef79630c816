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

export type Sent = { is: 'sent'; answer: unknown } | { is: 'refused'; why: string; next: string } | { is: 'kept' }

const AGAIN_MS = 10_000
/** What became of so many is remembered, for the tab that asks: another tab of this device may have sent it. */
const OUTCOMES_MAX = 20
const OUTCOMES = 'outcomes'
type Outcome = [scanId: string, told: Sent]
const listeners = new Set<() => void>()
let running: Promise<void> | null = null
let isSignedOut = false

export const readQueue = () => recall<Kept[]>('queue', [])
export const isEnded = (no: string) => readQueue().some((one) => one.ends === no && !one.refused)
export const isRefused = (no: string) => readQueue().some((one) => one.ends === no && one.refused)

/** The numbers that what is kept now will end. */
export const ending = () => new Set(readQueue().flatMap((one) => (one.ends && !one.refused ? [one.ends] : [])))

export function onQueue(listener: () => void): void {
  listeners.add(listener)
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
  return recall<Outcome[]>(OUTCOMES, []).find(([id]) => id === scanId)?.[1] ?? { is: 'kept' }
}

/**
 * One tab of this device sends at a time. Where tabs can't wait for each other, or see a moment late what the other has written (browsers
 * promise no more of localStorage), something is sent twice, and the server counts it once by its `scan_id`.
 */
async function alone(work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request('paidan.pda.queue', work)
  else await work()
}

function remember(scanId: string, told: Sent): void {
  const others = recall<Outcome[]>(OUTCOMES, []).filter(([id]) => id !== scanId)
  keep(OUTCOMES, [...others, [scanId, told]].slice(-OUTCOMES_MAX))
}

async function sendAll(): Promise<void> {
  try {
    if (isSignedOut) await whoAmI()
    isSignedOut = false
    for (let next = waiting(); next; next = waiting()) {
      const told = await sendOne(next)
      if (told.is === 'kept') return
    }
  } catch {
    // Nobody is signed in, or there is no network: everything stays where it is.
  }
}

const waiting = () => readQueue().find((one) => !one.refused)

async function sendOne(one: Kept): Promise<Sent> {
  try {
    const sent: Sent = { is: 'sent', answer: await send(one.path, one.body) }
    remember(one.body.scan_id, sent)
    dismiss(one.body.scan_id)
    return sent
  } catch (error) {
    if (!(error instanceof Refusal) || error.isPassing) return { is: 'kept' }
    if (error.isSignedOut) {
      isSignedOut = true
      return { is: 'kept' }
    }
    const refused = { why: error.message, next: error.next }
    remember(one.body.scan_id, { is: 'refused', ...refused })
    write(readQueue().map((kept) => (kept.body.scan_id === one.body.scan_id ? { ...kept, refused } : kept)))
    return { is: 'refused', ...refused }
  }
}

export function drainOften(): void {
  onKeptElsewhere('queue', tell)
  window.addEventListener('online', () => void drain())
  window.setInterval(() => {
    if (waiting()) void drain()
  }, AGAIN_MS)
}
