import { afterEach, vi } from 'vitest'
import { cleanup } from '@testing-library/react'

/** What jsdom lacks: media queries, and boxes with a size (a virtual list draws nothing in a box without one). */
Object.defineProperty(window, 'matchMedia', {
  value: () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }),
})
class SilentObserver {
  observe = vi.fn()
  unobserve = vi.fn()
  disconnect = vi.fn()
}
vi.stubGlobal('ResizeObserver', SilentObserver)
Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { value: 720 })
Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { value: 1200 })

afterEach(() => {
  cleanup()
  localStorage.clear()
})
