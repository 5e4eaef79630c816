import { useEffect, type RefObject } from 'react'

/**
 * Marks the box with `data-sideways` while it is scrolled to the side. Only then do pinned cells have anywhere to stay: each
 * that is sticky is a layer of its own to the browser, two to every row, which all scrolling down would pay for.
 */
export function useSideways(scroll: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = scroll.current
    if (!box) return
    const mark = () => {
      box.toggleAttribute('data-sideways', box.scrollLeft > 0)
    }
    mark()
    box.addEventListener('scroll', mark, { passive: true })
    return () => {
      box.removeEventListener('scroll', mark)
    }
  }, [scroll])
}
