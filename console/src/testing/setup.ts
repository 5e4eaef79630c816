import { afterEach, vi } from 'vitest'
import { cleanup } from '@testing-library/react'

/** What jsdom lacks: media queries, and boxes with a size (a virtual list draws nothing in a box without one). */
Object.defineProperty(window, 'matchMedia', {
  value: () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }),
})
class OneSizeObserver {
  private readonly tell: ResizeObserverCallback

  constructor(tell: ResizeObserverCallback) {
    this.tell = tell
  }

  observe(target: Element): void {
    const box = { inlineSize: 1200, blockSize: 720 }
    const entry = { target, borderBoxSize: [box] } as unknown as ResizeObserverEntry
    queueMicrotask(() => {
      this.tell([entry], this as unknown as ResizeObserver)
    })
  }

  unobserve = vi.fn()
  disconnect = vi.fn()
}
vi.stubGlobal('ResizeObserver', OneSizeObserver)
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { value: 720 })
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { value: 1200 })

afterEach(() => {
  cleanup()
  localStorage.clear()
})
