import { button, el } from './dom'
import { onQueue, readQueue } from './queue'
import { beepBad, beepDone, beepGood } from './sound'
import { say } from './words'

/** What every screen has: a head with the way back and what is unsent, and one big line that says right or wrong. */
type Tone = '' | 'good' | 'done' | 'warn' | 'bad'

const MARKS: Record<Tone, string> = { '': '', good: '✓', done: '✓', warn: '!', bad: '✗' }

const mark = el('b', { attributes: { 'aria-hidden': 'true' } })
const word = el('span', { class: 'word' })
const next = el('small')
export const banner = el(
  'div',
  { class: 'banner', attributes: { role: 'status', 'aria-live': 'assertive' } },
  mark,
  el('div', {}, word, next),
)

/** Says it big, in a colour, with a word and a sound: nobody has to look at a colour alone. */
export function tell(tone: Tone, text = '', more = ''): void {
  mark.textContent = MARKS[tone]
  word.textContent = text
  next.textContent = more
  banner.className = `banner ${tone}`
  banner.hidden = text === ''
  if (tone !== '') window.scrollTo({ top: 0 })
  if (tone === 'good') beepGood()
  if (tone === 'done') beepDone()
  if (tone === 'bad' || tone === 'warn') beepBad()
}

export function go(path: string): void {
  if (location.hash === `#/${path}`) window.dispatchEvent(new HashChangeEvent('hashchange'))
  else location.hash = `#/${path}`
}

const unsent = button(
  '',
  () => {
    go('unsent')
  },
  'unsent',
)

function showUnsent(): void {
  const queue = readQueue()
  const refused = queue.filter((one) => one.refused).length
  const waiting = queue.length - refused
  unsent.hidden = queue.length === 0 && navigator.onLine
  unsent.classList.toggle('bad', refused > 0)
  const parts = [
    !navigator.onLine && say('offline'),
    refused > 0 && say('refusedN', refused),
    waiting > 0 && say('waitingN', waiting),
  ].filter((part) => part !== false)
  unsent.replaceChildren(...parts.flatMap((part, at) => [at > 0 ? ' · ' : '', el('span', {}, part)]))
}

export function watchUnsent(): void {
  onQueue(showUnsent)
  for (const event of ['online', 'offline']) window.addEventListener(event, showUnsent)
  showUnsent()
}

/** Puts a screen onto the page. `back`: where its way back leads; null: it is the first. */
export function show(title: string, back: string | null, ...body: Node[]): void {
  const root = document.querySelector('#pda')
  const way =
    back !== null &&
    button(
      '‹ ' + say('back'),
      () => {
        go(back)
      },
      'back',
    )
  root?.replaceChildren(el('header', {}, way, el('h1', {}, title), unsent), el('main', {}, ...body))
  showUnsent()
}
