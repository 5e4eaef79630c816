import { hasCamera, startCamera } from './camera'
import { button, el } from './dom'
import { say, type Word } from './words'

/** The one field everything is scanned into: a hardware wedge types and sends Enter or Tab, a camera tells, or a person types. */
export interface Scanner {
  element: HTMLElement
  focus: () => void
  ask: (word: Word) => void
  countTimes: (isShown: boolean) => void
  stop: () => void
}

const TAKES_FOCUS = 'input, select, textarea'
/** A phone with a wedge must not cover half its screen with a keyboard nobody needs. */
const isTouch = () => window.matchMedia('(pointer: coarse)').matches

export function scanner(onScan: (code: string, times: number) => void, options: { withTimes?: boolean } = {}): Scanner {
  const input = el('input', {
    class: 'scan',
    attributes: {
      'aria-label': say('scan'),
      placeholder: say('scan'),
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      enterkeyhint: 'done',
      inputmode: isTouch() ? 'none' : 'text',
    },
  })
  const asks = el('p', { class: 'asks' })
  const times = el('input', {
    class: 'times',
    attributes: { type: 'number', min: '1', max: '9999', value: '1', inputmode: 'numeric', 'aria-label': say('each') },
  })
  const focus = () => {
    input.focus({ preventScroll: true })
  }
  const take = (code: string) => {
    if (!code) return
    const counted = Math.min(Math.max(Math.trunc(times.valueAsNumber) || 1, 1), 9999)
    times.value = '1'
    onScan(code, counted)
  }
  input.addEventListener('keydown', (event) => {
    const isEnd = event.key === 'Enter' || (event.key === 'Tab' && input.value !== '')
    if (!isEnd || event.isComposing) return
    event.preventDefault()
    const code = input.value.trim()
    input.value = ''
    take(code)
  })
  times.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') focus()
  })
  const back = (event: Event) => {
    if (!(event.target instanceof Element && event.target.closest(TAKES_FOCUS))) focus()
  }
  document.addEventListener('click', back)
  const video = el('video', { attributes: { playsinline: '', muted: '', hidden: '' } })
  // Starting takes seconds (a permission, a reader to fetch): who taps again or leaves meanwhile ends it.
  let turn = 0
  let isOn = false
  let stopCamera: (() => void) | null = null
  const end = () => {
    turn++
    isOn = false
    stopCamera?.()
    stopCamera = null
    video.hidden = true
  }
  const toggle = async () => {
    if (isOn) {
      end()
      return
    }
    isOn = true
    const mine = ++turn
    video.hidden = false
    try {
      const stop = await startCamera(video, take, () => mine === turn)
      if (mine === turn) stopCamera = stop
      else stop()
    } catch {
      if (mine !== turn) return
      end()
      asks.textContent = say('noCamera')
    }
  }
  const keys = button(say('keyboard'), () => {
    input.inputMode = input.inputMode === 'none' ? 'text' : 'none'
    input.blur()
    focus()
  })
  const each = el('label', { class: 'each' }, say('each'), times)
  const tools = [
    options.withTimes ? each : null,
    hasCamera() ? button(say('camera'), () => void toggle()) : null,
    isTouch() ? keys : null,
  ].filter((tool) => tool !== null)
  const element = el(
    'div',
    { class: 'scanner' },
    asks,
    input,
    tools.length > 0 && el('div', { class: 'tools' }, ...tools),
    video,
  )
  queueMicrotask(focus)
  return {
    element,
    focus,
    ask: (word) => {
      asks.textContent = say(word)
    },
    countTimes: (isShown) => {
      each.hidden = !isShown
    },
    stop: () => {
      end()
      document.removeEventListener('click', back)
    },
  }
}
