import './pda.css'
import { Refusal, read, signIn } from './api'
import { hasCamera, startCamera } from './camera'
import { el } from './dom'
import { drain, drainOften, put, readQueue } from './queue'
import { beepBad, beepDone, beepGood } from './sound'
import { count, isComplete, type Line } from './tally'
import { LANGUAGE, say, type Word } from './words'

type Mode = 'ship' | 'receive'

/** What was scanned first: something with lines to be counted. */
interface Work {
  label: string
  path: string
  lines: Line[]
  needsTracking: boolean
}

interface Found {
  id: string
  no?: string
  tracking_no?: string
  lines: {
    line_no: number
    sku_code: string
    name?: string
    barcodes?: string[]
    quantity?: number
    planned?: number
    done?: number
  }[]
}

const MODES: Record<Mode, { find: string; submit: (id: string) => string; ask: Word; end: Word; done: Word }> = {
  ship: {
    find: '/fulfilments/by-number/',
    submit: (id) => `/fulfilments/${id}/scan-ship`,
    ask: 'scanFulfilment',
    end: 'send',
    done: 'sent',
  },
  receive: {
    find: '/documents/',
    submit: (id) => `/documents/${id}/receipts`,
    ask: 'scanDocument',
    end: 'book',
    done: 'booked',
  },
}

const root = document.querySelector<HTMLDivElement>('#pda')
document.documentElement.lang = LANGUAGE === 'zh' ? 'zh-CN' : 'en'

const state: { mode: Mode | null; work: Work | null } = { mode: null, work: null }
let stopCamera: (() => void) | null = null

const says = el('div', { class: 'says', attributes: { role: 'status', 'aria-live': 'assertive' } })

function tell(text: string, look: '' | 'good' | 'bad' = ''): void {
  says.textContent = text
  says.className = `says ${look}`
}

const told = {
  onSent: (label: string) => {
    tell(label, 'good')
  },
  onRefused: (label: string, why: string) => {
    beepBad()
    tell(`${label} · ${say('refused', why)}`, 'bad')
  },
  onKept: (kept: number) => {
    tell(say('queued', kept), 'bad')
  },
}

async function find(mode: Mode, text: string): Promise<void> {
  try {
    const found = await read<Found>(MODES[mode].find + encodeURIComponent(text))
    state.work = {
      label: found.no ?? text,
      path: MODES[mode].submit(found.id),
      needsTracking: mode === 'ship',
      lines: found.lines.map((line) => ({
        line_no: line.line_no,
        sku_code: line.sku_code,
        name: line.name ?? '',
        barcodes: line.barcodes ?? [],
        wanted: line.quantity ?? (line.planned ?? 0) - (line.done ?? 0),
        seen: 0,
      })),
    }
    beepGood()
    draw()
    tell(say('scanGoods'))
  } catch (error) {
    beepBad()
    tell(error instanceof Refusal && error.status !== 404 ? error.message : say('notFound', text), 'bad')
  }
}

function scan(text: string): void {
  const code = text.trim()
  if (!code || !state.mode) return
  if (!state.work) {
    void find(state.mode, code)
    return
  }
  const [result, lines] = count(state.work.lines, code)
  state.work.lines = lines
  if (result === 'good') {
    const isAll = isComplete(lines)
    ;(isAll ? beepDone : beepGood)()
    draw()
    tell(isAll ? say('done') : code, 'good')
  } else {
    beepBad()
    tell(say(result, code), 'bad')
  }
}

function submit(work: Work, mode: Mode, tracking: string): void {
  const lines = work.lines.filter((line) => line.seen > 0).map(({ line_no, seen }) => ({ line_no, quantity: seen }))
  put(work.path, { lines, ...(tracking ? { tracking_no: tracking } : {}) }, say(MODES[mode].done, work.label))
  state.work = null
  draw()
  void drain(told)
}

function field(): HTMLElement {
  const input = el('input', {
    attributes: { 'aria-label': say('scan'), placeholder: say('scan'), autocomplete: 'off', enterkeyhint: 'done' },
  })
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return
    scan(input.value)
    input.value = ''
  })
  window.setTimeout(() => {
    input.focus()
  })
  if (!hasCamera()) return input
  const video = el('video', { attributes: { playsinline: '', muted: '' } })
  const camera = el('button', { on: { click: () => void toggleCamera(video) } }, say('camera'))
  return el('div', {}, el('div', { class: 'row' }, input, camera), video)
}

async function toggleCamera(video: HTMLVideoElement): Promise<void> {
  if (stopCamera) {
    stopCamera()
    stopCamera = null
    return
  }
  try {
    stopCamera = await startCamera(video, scan)
  } catch {
    tell(say('noCamera'), 'bad')
  }
}

function list(work: Work): HTMLElement {
  return el(
    'ul',
    {},
    ...work.lines.map((line) =>
      el(
        'li',
        { class: line.seen >= line.wanted ? 'full' : '' },
        el('div', { class: 'name' }, line.name || line.sku_code, el('small', {}, line.sku_code)),
        el('div', { class: 'count' }, `${line.seen} / ${line.wanted}`),
      ),
    ),
  )
}

function workView(mode: Mode, work: Work): Node[] {
  const tracking = el('input', { attributes: { 'aria-label': say('tracking'), placeholder: say('tracking') } })
  const isReady = mode === 'receive' ? work.lines.some((line) => line.seen > 0) : isComplete(work.lines)
  const end = el(
    'button',
    {
      class: 'main push',
      on: {
        click: () => {
          submit(work, mode, tracking.value.trim())
        },
      },
    },
    say(MODES[mode].end),
  )
  end.disabled = !isReady
  return [field(), says, list(work), ...(work.needsTracking && isReady ? [tracking] : []), end]
}

function go(mode: Mode | null): void {
  stopCamera?.()
  stopCamera = null
  state.mode = mode
  state.work = null
  draw()
  tell(mode ? say(MODES[mode].ask) : '')
}

function draw(): void {
  const { mode, work } = state
  const title = el('h1', {}, work ? work.label : say(mode ?? 'title'))
  const back = mode
    ? el(
        'button',
        {
          on: {
            click: () => {
              go(work ? mode : null)
            },
          },
        },
        say('back'),
      )
    : el('a', { class: 'link', attributes: { href: '/console/' } }, say('console'))
  const huge = (one: Mode) =>
    el(
      'button',
      {
        class: 'huge',
        on: {
          click: () => {
            go(one)
          },
        },
      },
      say(one),
    )
  const body: Node[] = mode ? (work ? workView(mode, work) : [field(), says]) : [huge('ship'), huge('receive'), says]
  root?.replaceChildren(el('header', {}, title, back), ...body)
}

async function start(): Promise<void> {
  draw()
  drainOften(told)
  try {
    await signIn()
    if (readQueue().length > 0) void drain(told)
  } catch (error) {
    if (error instanceof Refusal && error.status === 401)
      root?.replaceChildren(
        el('h1', {}, say('signIn')),
        el('a', { class: 'link', attributes: { href: '/console/' } }, say('toSignIn')),
      )
  }
}

void start()
