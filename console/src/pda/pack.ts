import type { Sent } from './answers'
import type { Task, WholeTask } from './api'
import { deadline } from './deadline'
import { button, el } from './dom'
import { banner, go, show, tell } from './frame'
import { forget, keep, recall } from './kept'
import { linesView, progress } from './lines'
import { drain, isEnded, put } from './queue'
import { scanner } from './scanner'
import { count, isComplete, type Line, scansOf, seenOf, wantedOf } from './tally'
import { say, type Word } from './words'

/** Verify and ship one fulfilment: goods, then the label. What was scanned outlives a reload. */
const WAYBILL = /^[A-Za-z0-9-]{4,40}$/
const REASONS: Word[] = ['whyShort', 'whyDamaged', 'whyCancelled', 'whyClosed']
type Step = 'goods' | 'label' | 'giveBack'

export function taskHead(task: Task): HTMLElement {
  const due = deadline(task.ship_by_at)
  return el(
    'div',
    { class: 'facts' },
    el('span', {}, [task.receiver_name, task.city, task.district].filter(Boolean).join(' ')),
    task.carrier_name !== '' && el('span', {}, task.carrier_name),
    due.text !== '' && el('span', { class: `pill ${due.look}` }, due.text),
    task.is_called_back && el('span', { class: 'pill late' }, say('calledBack')),
    task.is_packed && el('span', { class: 'pill done' }, say('packed')),
    ...task.held.map((hold) => el('span', { class: 'pill soon' }, hold.text)),
  )
}

class Packing {
  private readonly task: Task
  private readonly fresh: Line[]
  private lines: Line[]
  private history: Line[][] = []
  private last: string | null = null
  private step: Step = 'goods'
  private isLast = false
  private isVerified: boolean
  private readonly body = el('div', { class: 'work' })
  private readonly waybill = el('input', { attributes: { 'aria-label': say('waybill'), placeholder: say('waybill') } })
  private readonly weight = el('input', {
    attributes: {
      type: 'number',
      min: '1',
      inputmode: 'numeric',
      'aria-label': say('weight'),
      placeholder: say('weight'),
    },
  })
  private readonly scanner = scanner(
    (code, times) => {
      this.scan(code, times)
    },
    { withTimes: true },
  )

  constructor(whole: WholeTask) {
    this.task = whole.task
    this.isVerified = whole.task.is_packed
    const seen = recall<Partial<Record<string, number>>>(this.name, {})
    this.fresh = whole.lines
      .filter((line) => line.quantity > line.shipped)
      .map((line) => ({ ...line, key: line.line, wanted: line.quantity - line.shipped, seen: 0 }))
    this.lines = this.fresh.map((line) => ({ ...line, seen: Math.min(seen[line.key] ?? 0, line.wanted) }))
    if (isComplete(this.lines)) this.step = 'label'
  }

  private get name(): string {
    return `work.${this.task.no}`
  }

  start(): () => void {
    show(this.task.no, 'pack', taskHead(this.task), this.scanner.element, banner, this.body)
    if (this.task.is_called_back && !this.task.is_packed) tell('bad', say('calledBack'))
    else tell('')
    this.draw()
    return () => {
      this.scanner.stop()
    }
  }

  private scan(code: string, times: number): void {
    if (this.step === 'label') {
      this.label(code)
      return
    }
    const counted = count(this.lines, code, times)
    if (counted.result === 'good') {
      this.history.push(this.lines)
      this.set(counted.lines, counted.key)
      const line = counted.lines.find((one) => one.key === counted.key)
      if (isComplete(counted.lines)) this.complete()
      else tell('good', say('good'), `${line?.name ?? code}  ${line?.seen ?? ''}/${line?.wanted ?? ''}`)
    } else if (counted.result === 'enough') tell('bad', say('enough'), say('enoughNext', code))
    else tell('bad', say('wrong'), say('wrongNext', code))
    this.draw()
  }

  private set(lines: Line[], last: string | null): void {
    this.lines = lines
    this.last = last
    keep(this.name, Object.fromEntries(lines.map((line) => [line.key, line.seen])))
  }

  private complete(): void {
    this.step = 'label'
    tell('done', say('allScanned'), say('askWaybill'))
    if (this.isVerified) return
    this.isVerified = true
    const { no } = this.task
    const scanId = put(`/pda/fulfilments/${no}/verify`, { scans: scansOf(this.lines) }, `${say('packed')} ${no}`)
    if (scanId)
      void drain(scanId).then((sent) => {
        if (sent.is === 'refused') tell('bad', sent.why, sent.next)
      })
  }

  private label(code: string): void {
    if (this.lines.some((line) => line.sku_code === code || line.barcodes.includes(code))) {
      const text = isComplete(this.lines) ? 'enough' : 'noWaybill'
      tell('bad', say(text), isComplete(this.lines) ? say('enoughNext', code) : code)
      return
    }
    if (!WAYBILL.test(code)) {
      tell('bad', say('noWaybill'), code)
      return
    }
    this.waybill.value = code
    if (recall('at-once', true)) this.ship()
    else tell('good', say('waybill'), code)
  }

  private ship(): void {
    const tracking = this.waybill.value.trim()
    if (!WAYBILL.test(tracking)) {
      tell('bad', say('noWaybill'), tracking || say('askWaybill'))
      this.waybill.focus()
      return
    }
    const { no } = this.task
    const isWhole = isComplete(this.lines)
    const weight = Math.trunc(this.weight.valueAsNumber)
    const body = {
      scans: scansOf(this.lines),
      tracking_no: tracking,
      is_last: !isWhole && this.isLast,
      scanned_at: new Date().toISOString(),
      ...(weight > 0 ? { weight_g: weight } : {}),
    }
    const ends = isWhole || this.isLast ? no : undefined
    this.end(
      put(`/pda/fulfilments/${no}/ship`, body, `${say('shipped')} ${no} · ${tracking}`, ends),
      `${say('shipped')} ${no}`,
      tracking,
    )
  }

  private giveBack(why: Word): void {
    const { no } = this.task
    const scanId = put(`/pda/fulfilments/${no}/reject`, { reason: say(why) }, `${say('giveBack')} ${no}`, no)
    this.end(scanId, say('gaveBack'), no)
  }

  private end(scanId: string | null, word: string, more: string): void {
    if (!scanId) {
      tell('bad', say('notKept'), say('notKeptNext'))
      return
    }
    forget(this.name)
    go('pack')
    void drain(scanId).then((sent) => {
      // The list was drawn while it counted as gone; now it is told as refused.
      if (sent.is === 'refused' && location.hash === '#/pack') go('pack')
      tellSent(sent, word, more)
    })
  }

  private draw(): void {
    const seen = seenOf(this.lines)
    this.scanner.ask(this.step === 'label' ? 'askWaybill' : 'askGoods')
    this.scanner.countTimes(this.step === 'goods')
    const parts: Node[] = [progress(seen, wantedOf(this.lines))]
    if (this.step === 'label') parts.push(...this.labelParts())
    if (this.step === 'giveBack') parts.push(this.reasons())
    parts.push(linesView(this.lines, this.last))
    if (this.step === 'goods' && seen > 0) parts.push(this.partly(seen))
    parts.push(this.tools())
    this.body.replaceChildren(...parts)
  }

  /** At once: the waybill goes into the one field and ends it. Else it is shown first, and a button ends it. */
  private labelParts(): Node[] {
    const isAtOnce = recall('at-once', true)
    const atOnce = el('input', { attributes: { type: 'checkbox' } })
    atOnce.checked = isAtOnce
    atOnce.addEventListener('change', () => {
      keep('at-once', atOnce.checked)
      this.draw()
      this.scanner.focus()
    })
    const check = el('label', { class: 'check' }, atOnce, say('shipAtOnce'))
    if (isAtOnce) return [this.weight, check]
    const ship = button(
      say('ship'),
      () => {
        this.ship()
      },
      'main',
    )
    return [el('div', { class: 'pair' }, this.waybill, this.weight), check, ship]
  }

  private partly(seen: number): HTMLElement {
    const way = (word: Word, isLast: boolean) =>
      button(say(word), () => {
        this.isLast = isLast
        this.step = 'label'
        tell('')
        this.draw()
      })
    return el('details', {}, el('summary', {}, say('partNow', seen)), way('restLater', false), way('restBack', true))
  }

  private reasons(): HTMLElement {
    const why = REASONS.map((word) =>
      button(say(word), () => {
        this.giveBack(word)
      }),
    )
    return el('div', { class: 'choices' }, el('p', {}, say('whyBack')), ...why)
  }

  private tools(): HTMLElement {
    const undo = button(say('undo'), () => {
      const before = this.history.pop()
      this.step = 'goods'
      this.set(before ?? this.fresh, null)
      tell('')
      this.draw()
    })
    undo.textContent = this.history.length > 0 ? say('undo') : say('restart')
    undo.disabled = seenOf(this.lines) === 0
    const back = button(
      say('giveBack'),
      () => {
        if (this.step === 'giveBack') this.step = isComplete(this.lines) ? 'label' : 'goods'
        else this.step = 'giveBack'
        this.draw()
      },
      'quiet',
    )
    return el('div', { class: 'foot' }, undo, back)
  }
}

/** What became of something that was sent, said where people look. */
export function tellSent(sent: Sent, word: string, more: string): void {
  if (sent.is === 'sent') tell('done', word, more)
  else if (sent.is === 'refused') tell('bad', sent.why, `${sent.next} ${more}`.trim())
  else tell('warn', say('offlineKept'), `${word} · ${say('offlineNext')}`)
}

/** Opens the task, or says why not. */
export function startPacking(whole: WholeTask): () => void {
  if (whole.task.units === 0 || isEnded(whole.task.no)) {
    go('pack')
    window.setTimeout(() => {
      tell('warn', say('alreadyGone'), [whole.task.no, ...whole.task.tracking_nos].join(' · '))
    })
    return () => undefined
  }
  return new Packing(whole).start()
}
