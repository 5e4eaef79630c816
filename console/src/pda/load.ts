import { type Found, read, type Receipt, Refusal, type Task, type WholeReceipt, type WholeTask } from './api'
import { keep, recall } from './kept'

/** Reads work from the server and remembers it, so that what was on the list can be worked on without a network. */
interface Listed<Item> {
  items: Item[]
  now: string
}

export interface Loaded<Item> {
  items: Item[]
  isOld: boolean
}

const AHEAD = 20
let offsetMs = recall('offset', 0)

/** The business clock: deadlines count by it. */
export const businessNow = () => Date.now() + offsetMs

const isAway = (error: unknown) => !(error instanceof Refusal) || error.isPassing

async function list<Item>(name: string, path: string): Promise<Loaded<Item>> {
  try {
    const listed = await read<Listed<Item>>(path)
    offsetMs = new Date(listed.now).getTime() - Date.now()
    keep('offset', offsetMs)
    keep(name, listed.items)
    return { items: listed.items, isOld: false }
  } catch (error) {
    if (!isAway(error)) throw error
    return { items: recall<Item[]>(name, []), isOld: true }
  }
}

export const readTasks = () => list<Task>('tasks', '/pda/tasks?limit=100')
export const readReceipts = () => list<Receipt>('receipts', '/pda/receipts?limit=100')

async function whole<Item>(
  name: string,
  path: string,
  text: string,
  isIt: (one: Item) => boolean,
): Promise<Item | null> {
  const known = recall<Item[]>(name, [])
  try {
    const found = await read<Item>(path + encodeURIComponent(text))
    return found
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null
    if (!isAway(error)) throw error
    return known.find(isIt) ?? null
  }
}

/** A task by its number, an order's number or a waybill; null: there is none. */
export function readTask(text: string): Promise<WholeTask | null> {
  return whole<WholeTask>('whole-tasks', '/pda/fulfilments/', text, ({ task }) =>
    [task.no, ...task.order_nos, ...task.tracking_nos].includes(text),
  )
}

export function readReceipt(text: string): Promise<WholeReceipt | null> {
  return whole<WholeReceipt>('whole-receipts', '/pda/receipts/', text, ({ receipt }) =>
    [receipt.no, receipt.reference].includes(text),
  )
}

async function ahead<Item>(name: string, path: string, numbers: string[], no: (one: Item) => string): Promise<void> {
  const known = new Map(recall<Item[]>(name, []).map((one) => [no(one), one]))
  const kept: Item[] = []
  for (const number of numbers.slice(0, AHEAD)) {
    const one = known.get(number) ?? (await read<Item>(path + number).catch(() => null))
    if (one) kept.push(one)
  }
  keep(name, kept)
}

/** Remembers the lines of the next tasks. What was asked before is not asked again while it is on the list. */
export const rememberTasks = (tasks: Task[]) =>
  ahead<WholeTask>(
    'whole-tasks',
    '/pda/fulfilments/',
    tasks.map((task) => task.no),
    ({ task }) => task.no,
  )

export const rememberReceipts = (receipts: Receipt[]) =>
  ahead<WholeReceipt>(
    'whole-receipts',
    '/pda/receipts/',
    receipts.map((one) => one.no),
    ({ receipt }) => receipt.no,
  )

export const readFound = (text: string) => read<Found>(`/pda/find/${encodeURIComponent(text)}`)
