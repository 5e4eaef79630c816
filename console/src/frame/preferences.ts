import { useSyncExternalStore } from 'react'

export interface Preferences {
  theme: 'light' | 'dark' | 'system'
  isCompact: boolean
  isRailNarrow: boolean
}

const STORED = 'paidan.preferences'
const FIRST: Preferences = { theme: 'system', isCompact: false, isRailNarrow: false }
const listeners = new Set<() => void>()
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
let current = read()

function read(): Preferences {
  try {
    return { ...FIRST, ...(JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Preferences>) }
  } catch {
    return FIRST
  }
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  localStorage.setItem(STORED, JSON.stringify(current))
  paint()
}

function isDark(): boolean {
  return current.theme === 'dark' || (current.theme === 'system' && systemDark.matches)
}

function paint(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  document.documentElement.dataset.compact = String(current.isCompact)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

systemDark.addEventListener('change', paint)
paint()

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current)
}

export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, isDark)
}
