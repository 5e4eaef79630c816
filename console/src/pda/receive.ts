import type { WholeReceipt } from './api'
import { button, el } from './dom'
import { banner, go, show, tell } from './frame'
import { forget, keep, recall } from './kept'
import { linesView, progress } from './lines'
import { tellSent } from './pack'
import { drain, isEnded, put } from './queue'
import { scanner } from './scanner'
import { countArrival, isComplete, type Line, seenOf, wantedOf } from './tally'
import { say } from './words'

/** Receive one entry order: in parts, more or less than announced; damaged goods apart. What was scanned outlives a reload. */
interface Work {
  lines: Line[]
  damaged: Partial<Record<string, number>>
}

class Receiving {
  private readonly no: string
  private work: Work
  private readonly fresh: Work
  private history: Work[] = []
  private last: string | null = null
  private strange = ''
  private isSure = false
  private isDamaged = false
  private readonly facts: HTMLElement
  private readonly body = el('div', { class: 'work' })
  private readonly scanner = scanner(
    (code, times) => {
      this.scan(code, times)
    },
    { withTimes: true },
  )

  constructor({ receipt, lines }: WholeReceipt) {
    this.no = receipt.no
    this.facts = el('div', { class: 'facts' }, [receipt.reference, receipt.warehouse_name].filter(Boolean).join(' · '))
    const fresh = lines.map((line) => ({
      ...line,
      key: String(line.line_no),
      wanted: Math.max(line.planned - line.done, 0),
      seen: 0,
    }))
    this.fresh = { lines: fresh, damaged: {} }
    const kept = recall<Work | null>(this.name, null)
    this.work = kept ? { ...kept, lines: this.merged(kept.lines) } : this.fresh
  }

  private get name(): string {
    return `work.${this.no}`
  }

  /** What was scanned before, over what is announced now. */
  private merged(kept: Line[]): Line[] {
    const seen = new Map(kept.map((line) => [line.key, line]))
    const known = this.fresh.lines.map((line) => ({ ...line, seen: seen.get(line.key)?.seen ?? 0 }))
    return [...known, ...kept.filter((line) => !known.some((one) => one.key === line.key))]
  }

  start(): () => void {
    show(this.no, 'receive', this.facts, this.scanner.element, banner, this.body)
    this.scanner.ask('askGoods')
    tell('')
    this.draw()
    return () => {
      this.scanner.stop()
    }
  }

  private scan(code: string, times: number): void {
    this.isSure = false
    const counted = countArrival(this.work.lines, code, times)
    if (counted.result === 'wrong') this.stranger(code, times)
    else {
      this.take(counted.lines, counted.key, times)
      const line = counted.lines.find((one) => one.key === counted.key)
      const text = `${line?.name ?? code}  ${line?.seen ?? ''}/${line?.wanted ?? ''}`
      if (counted.result === 'enough') tell('warn', say('over'), text)
      else if (isComplete(counted.lines)) tell('done', say('allScanned'), text)
      else tell('good', say('good'), text)
    }
    this.draw()
  }

  private stranger(code: string, times: number): void {
    if (this.strange !== code) {
      this.strange = code
      tell('bad', say('strange'), say('strangeNext', code))
      return
    }
    const line = { key: `+${code}`, sku_code: code, name: say('strange'), barcodes: [code], wanted: 0, seen: times }
    this.take([...this.work.lines, line], line.key, times)
    tell('warn', say('over'), code)
  }

  private take(lines: Line[], key: string | null, times: number): void {
    this.history.push(this.work)
    this.strange = ''
    this.last = key
    const damaged = { ...this.work.damaged }
    if (this.isDamaged && key) damaged[key] = (damaged[key] ?? 0) + times
    this.work = { lines, damaged }
    keep(this.name, this.work)
  }

  private scans(): unknown[] {
    return this.work.lines.flatMap((line) => {
      const barcode = line.barcodes[0] ?? line.sku_code
      const damaged = this.work.damaged[line.key] ?? 0
      return [
        { barcode, quantity: line.seen - damaged, is_damaged: false },
        { barcode, quantity: damaged, is_damaged: true },
      ].filter((scan) => scan.quantity > 0)
    })
  }

  private book(isDone: boolean): void {
    const seen = seenOf(this.work.lines)
    const word = `${say('booked')} ${this.no} · ${say('units', seen)}`
    const scanId = put(
      `/pda/receipts/${this.no}/receive`,
      { scans: this.scans(), is_done: isDone },
      word,
      isDone ? this.no : undefined,
    )
    if (!scanId) {
      tell('bad', say('notKept'), say('notKeptNext'))
      return
    }
    forget(this.name)
    go('receive')
    void drain(scanId).then((sent) => {
      const surplus = sent.is === 'sent' ? (sent.answer as { surplus: number }).surplus : 0
      // The list was drawn while it counted as received; now it is told as refused, and is to be received again.
      if (sent.is === 'refused' && location.hash === '#/receive') go('receive')
      tellSent(sent, word, surplus > 0 ? say('surplus', surplus) : '')
    })
  }

  private draw(): void {
    const { lines, damaged } = this.work
    const seen = seenOf(lines)
    const told = (line: Line) => (damaged[line.key] ? `${say('damaged')} ${damaged[line.key] ?? 0}` : '')
    this.body.replaceChildren(
      progress(seen, wantedOf(lines)),
      linesView(lines, this.last, told),
      this.ends(seen),
      this.tools(seen),
    )
  }

  private ends(seen: number): HTMLElement {
    const missing = this.work.lines.reduce((sum, line) => sum + Math.max(line.wanted - line.seen, 0), 0)
    if (this.isSure) {
      const yes = button(
        say('yes'),
        () => {
          this.book(true)
        },
        'main',
      )
      const no = button(say('no'), () => {
        this.isSure = false
        this.draw()
      })
      return el('div', { class: 'choices' }, el('p', {}, say('short', missing)), yes, no)
    }
    const done = button(
      say('bookDone'),
      () => {
        if (missing === 0) {
          this.book(true)
          return
        }
        this.isSure = true
        this.draw()
      },
      missing === 0 ? 'main' : '',
    )
    const part = button(
      say('bookPart'),
      () => {
        this.book(false)
      },
      missing === 0 ? '' : 'main',
    )
    part.disabled = seen === 0
    return el('div', { class: 'pair' }, part, done)
  }

  private tools(seen: number): HTMLElement {
    const undo = button(this.history.length > 0 ? say('undo') : say('restart'), () => {
      this.work = this.history.pop() ?? this.fresh
      keep(this.name, this.work)
      this.last = null
      tell('')
      this.draw()
    })
    undo.disabled = seen === 0
    const damaged = button(
      say('damaged'),
      () => {
        this.isDamaged = !this.isDamaged
        this.draw()
      },
      this.isDamaged ? 'on' : '',
    )
    damaged.setAttribute('aria-pressed', String(this.isDamaged))
    return el('div', { class: 'foot' }, undo, damaged)
  }
}

/** Opens the entry order, or says why not. */
export function startReceiving(whole: WholeReceipt): () => void {
  if (isEnded(whole.receipt.no) || whole.receipt.state === 'done') {
    go('receive')
    window.setTimeout(() => {
      tell('warn', say('booked'), whole.receipt.no)
    })
    return () => undefined
  }
  return new Receiving(whole).start()
}
