import { type Found, type Receipt, Refusal, type Task } from './api'
import { el } from './dom'
import { banner, go, show, tell } from './frame'
import {
  type Loaded,
  readFound,
  readReceipt,
  readReceipts,
  readTask,
  readTasks,
  rememberReceipts,
  rememberTasks,
} from './load'
import { startPacking, taskHead } from './pack'
import { type Kept, ending, onQueue, refusedUnder } from './queue'
import { startReceiving } from './receive'
import { scanner } from './scanner'
import { say } from './words'

/** The lists of work, and the search: scan the number of one, or tap it. */
export type Stop = () => void

const nothing: Stop = () => undefined

export function tellError(error: unknown): void {
  if (error instanceof Refusal && error.isSignedOut) window.dispatchEvent(new Event('signed-out'))
  else if (error instanceof Refusal && error.status === 403) tell('bad', say('noRight'))
  else if (error instanceof Refusal) tell('bad', error.message, error.next)
  else tell('warn', say('offline'))
}

/** Goes on with what is being read, or tells why it could not be; nobody hears of it who has left its screen meanwhile. */
function whileHere<Read>(reading: Promise<Read>, goOn: (read: Read) => void): Stop {
  let isGone = false
  reading.then(
    (read) => {
      if (!isGone) goOn(read)
    },
    (error: unknown) => {
      if (!isGone) tellError(error)
    },
  )
  return () => {
    isGone = true
  }
}

function card(path: string, title: string, side: string, ...more: (Node | null)[]): HTMLElement {
  return el(
    'li',
    {},
    el(
      'a',
      { class: 'card', attributes: { href: `#/${path}` } },
      el('div', { class: 'line' }, el('b', {}, title), el('span', {}, side)),
      ...more,
    ),
  )
}

function taskCard(task: Task): HTMLElement {
  const units = task.units > 0 ? say('units', task.units) : say('alreadyGone')
  return card(`pack/${task.no}`, task.no, units, taskHead(task))
}

function receiptCard(receipt: Receipt): HTMLElement {
  const expected = receipt.expected_at ? say('expected', new Date(receipt.expected_at).toLocaleDateString()) : ''
  const facts = [receipt.reference, receipt.warehouse_name, say('kinds', receipt.kinds), expected].filter(Boolean)
  return card(
    `receive/${receipt.no}`,
    receipt.no,
    `${receipt.done}/${receipt.planned}`,
    el('div', { class: 'facts' }, facts.join(' · ')),
  )
}

/** What the server would not take: which, why, what next. Tapped, it leads to where it is told as read. */
function refusedCard({ label, refused }: Kept): HTMLElement {
  const why = [refused?.why, refused?.next].filter(Boolean).join(' · ')
  return card('unsent', label, say('refused'), el('div', { class: 'facts' }, why))
}

interface Work<Item> {
  list: HTMLElement
  /** Under which path its work is sent. */
  path: string
  read: () => Promise<Loaded<Item>>
  remember: (items: Item[]) => Promise<unknown>
  cardOf: (item: Item) => HTMLElement
  nothingLeft: string
}

/**
 * A list of work that is not at its end, with what of it was refused above; it follows what becomes of the kept while it is open.
 * An answer may be older than what was being sent when it was asked for: that is at its end, unless it was refused and
 * has not been ended again since.
 */
export function workList<Item extends { no: string }>(work: Work<Item>): Stop {
  const { list, path, read, remember, cardOf, nothingLeft } = work
  const over = new Set<string>()
  const told = new Set<string>() // refusals heard of: each opens its work once, for it may be ended again before they are read
  let items: Item[] | null = null
  const stillOpen = () => {
    for (const { ends, body } of refusedUnder(path)) {
      if (ends && !told.has(body.scan_id)) over.delete(ends)
      told.add(body.scan_id)
    }
    for (const no of ending()) over.add(no)
    return (items ?? []).filter((one) => !over.has(one.no))
  }
  const draw = () => {
    const open = stillOpen()
    list.replaceChildren(...refusedUnder(path).map(refusedCard), ...open.map(cardOf))
    if (items && list.childElementCount === 0) list.append(el('li', { class: 'empty' }, nothingLeft))
  }
  draw()
  const stop = onQueue(draw)
  const leave = whileHere(read(), (found) => {
    items = found.items
    draw()
    if (!found.isOld) void remember(stillOpen())
  })
  return () => {
    leave()
    stop()
  }
}

export function packList(): Stop {
  const list = el('ul', { class: 'cards' })
  const scan = scanner((code) => void open(code, 'pack', readTask))
  scan.ask('askTask')
  show(say('pack'), '', scan.element, banner, list)
  const stop = workList({
    list,
    path: '/pda/fulfilments/',
    read: readTasks,
    remember: rememberTasks,
    cardOf: taskCard,
    nothingLeft: say('nothingToPack'),
  })
  return () => {
    stop()
    scan.stop()
  }
}

export function receiveList(): Stop {
  const list = el('ul', { class: 'cards' })
  const scan = scanner((code) => void open(code, 'receive', readReceipt))
  scan.ask('askReceipt')
  show(say('receive'), '', scan.element, banner, list)
  const stop = workList({
    list,
    path: '/pda/receipts/',
    read: readReceipts,
    remember: rememberReceipts,
    cardOf: receiptCard,
    nothingLeft: say('nothingToReceive'),
  })
  return () => {
    stop()
    scan.stop()
  }
}

/** Goes to what was scanned. Its own screen reads it again: it must stand by itself after a reload. */
async function open<Whole extends object>(
  code: string,
  screen: string,
  find: (text: string) => Promise<Whole | null>,
): Promise<void> {
  try {
    const found = await find(code)
    if (found) {
      const head = Object.values(found)[0] as { no: string }
      go(`${screen}/${head.no}`)
    } else tell('bad', say('notFound'), code)
  } catch (error) {
    tellError(error)
  }
}

export function packing(no: string): Stop {
  return opened(readTask(no), startPacking, 'pack', no)
}

export function receiving(no: string): Stop {
  return opened(readReceipt(no), startReceiving, 'receive', no)
}

function opened<Whole>(reading: Promise<Whole | null>, start: (whole: Whole) => Stop, list: string, no: string): Stop {
  let stop = nothing
  show(no, list, banner)
  const leave = whileHere(reading, (whole) => {
    if (whole) stop = start(whole)
    else tell('bad', say('notFound'), no)
  })
  return () => {
    leave()
    stop()
  }
}

export function finding(): Stop {
  const list = el('ul', { class: 'cards' })
  const scan = scanner((code) => {
    readFound(code).then((found) => {
      list.replaceChildren(...foundCards(found))
      if (list.childElementCount > 0) tell('good', code)
      else tell('bad', say('notFound'), code)
    }, tellError)
  })
  scan.ask('askAny')
  show(say('find'), '', scan.element, banner, list)
  tell('')
  return scan.stop
}

function foundCards({ tasks, receipts, goods }: Found): HTMLElement[] {
  const cards = [...tasks.map(taskCard), ...receipts.map(receiptCard)]
  if (!goods) return cards
  const row = (name: string, on: string, reserved: string, coming: string) =>
    el('tr', {}, el('th', {}, name), el('td', {}, on), el('td', {}, reserved), el('td', {}, coming))
  const shelves = goods.shelves.map((shelf) =>
    row(
      shelf.warehouse_name + (shelf.grade === 2 ? ` · ${say('defective')}` : ''),
      String(shelf.on_hand),
      String(shelf.reserved),
      String(shelf.in_transit),
    ),
  )
  const head = el('thead', {}, row('', say('onHand'), say('reserved'), say('inTransit')))
  const codes = el('small', {}, [goods.sku_code, ...goods.barcodes].join(' · '))
  return [
    ...cards,
    el('li', { class: 'goods' }, el('b', {}, goods.name), codes, el('table', {}, head, el('tbody', {}, ...shelves))),
  ]
}
