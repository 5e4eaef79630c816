import { useSyncExternalStore } from 'react'

const STEPS_MS = { minute: 60_000, second: 1_000 } as const

export type Step = keyof typeof STEPS_MS

/** One timer for all who watch time pass in the same steps; it runs while anybody does. */
function ticker(step_ms: number) {
  const listeners = new Set<() => void>()
  let timer: number | undefined
  const tick = () => {
    for (const listener of listeners) listener()
  }
  return {
    read: () => Math.floor(Date.now() / step_ms),
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      timer ??= window.setInterval(tick, step_ms)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        window.clearInterval(timer)
        timer = undefined
      }
    },
  }
}

const TICKERS = { minute: ticker(STEPS_MS.minute), second: ticker(STEPS_MS.second) }

/** Draws again as time passes, so that ages and clocks never stand still. */
export function useClock(step: Step): void {
  useSyncExternalStore(TICKERS[step].subscribe, TICKERS[step].read)
}
