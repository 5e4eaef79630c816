import { useEffect, useId, useRef, useSyncExternalStore } from 'react'
import { useFocusBack } from './focus-back'

/** `key`: 'j', 'shift+x', 'mod+k' (Ctrl or ⌘), 'enter', '?'. `says` is shown in the help. */
export interface KeyBinding {
  key: string
  says: string
  run: (event: KeyboardEvent) => void
}

interface Layer {
  id: string
  isModal: boolean
  read: () => KeyBinding[]
}

const layers: Layer[] = []
const listeners = new Set<() => void>()
let snapshot: KeyBinding[] = []

/** The name of a key press as bindings write it. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase()
  const isLetter = /^[a-z]$/.test(key)
  const parts = [
    event.ctrlKey || event.metaKey ? 'mod+' : '',
    event.altKey ? 'alt+' : '',
    event.shiftKey && (isLetter || key.length > 1) ? 'shift+' : '',
  ]
  return parts.join('') + key
}

/** Whether somebody writes in it. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

/** Whether somebody is writing: in a field, or with an input method that has not finished a word yet. */
export function isWriting(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229 || isField(event.target)
}

/** Whether a dialog hides the page and its keys. */
export function isBehindDialog(): boolean {
  return layers.some((layer) => layer.isModal)
}

/** A field whose Enter does something already: a form's, a list to choose from, several lines, a search. */
const OWN_ENTER = 'form, [role="combobox"], textarea, .ant-input-search, button, a'

/** Keys that go to another row: whoever presses one has left the button that he clicked before. */
const MOVES = new Set(['j', 'k', 'arrowdown', 'arrowup'])

/** What lies above everything and goes by Escape. */
const MENUS = ['dropdown', 'select-dropdown', 'popover'].map((it) => `.ant-${it}:not(.ant-${it}-hidden)`).join()

/** The main button of the dialog that this key press is for, if Enter is to press it; with Ctrl from anywhere, several lines too. */
function mainButton(event: KeyboardEvent, name: string): HTMLButtonElement | null {
  const { target } = event
  if (!(target instanceof HTMLElement) || (name !== 'enter' && name !== 'mod+enter')) return null
  if (name === 'enter' && (!isField(target) || target.closest(OWN_ENTER))) return null
  const buttons = target
    .closest('.ant-modal')
    ?.querySelectorAll<HTMLButtonElement>('.ant-modal-footer .ant-btn-primary')
  const main = buttons?.[buttons.length - 1]
  return main && !main.disabled ? main : null
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return
  const name = nameOf(event)
  const main = mainButton(event, name)
  if (main) {
    event.preventDefault()
    main.click()
    return
  }
  const isAllowedInFields = name.startsWith('mod+')
  if (isWriting(event) && !isAllowedInFields) return
  const isOnButton = event.target instanceof HTMLElement && event.target.closest('button, a, [role="menuitem"]')
  if (isOnButton && (name === 'enter' || name === ' ')) return
  // It hears the key after us: one Escape closes one thing.
  if (name === 'escape' && document.querySelector(MENUS)) return
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index]
    const binding = layer?.read().find((one) => one.key === name)
    if (binding) {
      event.preventDefault()
      // Else Enter, meant for the row, would press the button again: a queue just chosen would be given up.
      if (MOVES.has(name) && isOnButton instanceof HTMLElement) isOnButton.blur()
      binding.run(event)
      return
    }
    if (layer?.isModal) return
  }
}

function changed(): void {
  snapshot = layers.flatMap((layer) => layer.read())
  for (const listener of listeners) listener()
}

window.addEventListener('keydown', onKeyDown)

/** Keys of a part of the page, while it is shown. A modal layer hides those below it. */
export function useKeys(bindings: KeyBinding[], { isModal = false, isOn = true } = {}): void {
  const id = useId()
  useFocusBack(isModal && isOn)
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  useEffect(() => {
    if (!isOn) return
    layers.push({ id, isModal, read: () => latest.current })
    changed()
    return () => {
      const index = layers.findIndex((layer) => layer.id === id)
      if (index >= 0) layers.splice(index, 1)
      changed()
    }
  }, [id, isModal, isOn])
}

/** All keys that work at the moment, for the help page. */
export function useAllKeys(): KeyBinding[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => snapshot,
  )
}
