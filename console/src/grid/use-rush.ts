import { useEffect, useMemo, useState, type RefObject } from 'react'

/** A line that would be in sight for less than this cannot be read: an eye rests on a word for twice as long. */
const READABLE_MS = 100
/** Nor one that would be drawn in fewer moves than this, however slowly. */
const READABLE_MOVES = 4
/** A move that comes so long after the last has missed its frame. */
const LATE_MS = 20
/** So many late moves in one rush: drawing does not keep up. One jump of a page, to the end or to a line is no rush. */
const LATE_MOVES = 3
/** Without a move for so long the rush is over. */
const REST_MS = 80

/** Whether lines rush by quicker than they can be drawn, and who wants to be told when they no longer do. */
export interface Rush {
  isOn: () => boolean
  onEnd: (draw: () => void) => () => void
}

/** The box's moves, told one by one with their instants in milliseconds. */
export class RushGauge implements Rush {
  #late = 0
  #top = 0
  #at = 0
  #waiting = new Set<() => void>()

  isOn = (): boolean => this.#late >= LATE_MOVES

  onEnd = (draw: () => void): (() => void) => {
    this.#waiting.add(draw)
    return () => this.#waiting.delete(draw)
  }

  /** The box, so high, has been scrolled to `top`. */
  move(top: number, height: number, at: number): void {
    const moved = Math.abs(top - this.#top)
    const took = at - this.#at
    this.#top = top
    this.#at = at
    if (moved * READABLE_MS <= height * took && moved * READABLE_MOVES <= height) this.end()
    else if (took > LATE_MS) this.#late += 1
  }

  end(): void {
    this.#late = 0
    const told = [...this.#waiting]
    this.#waiting.clear()
    for (const draw of told) draw()
  }
}

/**
 * Follows how quickly the box is scrolled. Where drawing does not keep up, what comes into sight while lines rush by is drawn in brief, and whole as
 * soon as it can be read: most of the work would be for what nobody sees.
 */
export function useRush(scroll: RefObject<HTMLElement | null>): Rush {
  const gauge = useMemo(() => new RushGauge(), [])
  useEffect(() => {
    const box = scroll.current
    if (!box) return
    let rest = 0
    const look = (event: Event) => {
      window.clearTimeout(rest)
      gauge.move(box.scrollTop, box.clientHeight, event.timeStamp)
      rest = window.setTimeout(() => {
        gauge.end()
      }, REST_MS)
    }
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      window.clearTimeout(rest)
      box.removeEventListener('scroll', look)
    }
  }, [scroll, gauge])
  return gauge
}

/** Whether a line that is drawn for the first time shall be drawn in brief; it is told, and drawn again, when it can be read. */
export function useIsBrief(rush: Rush): boolean {
  const [isBrief, setBrief] = useState(rush.isOn)
  useEffect(() => {
    if (!isBrief) return
    const draw = () => {
      setBrief(false)
    }
    // It may have ended while this line was drawn.
    if (!rush.isOn()) {
      const soon = requestAnimationFrame(draw)
      return () => {
        cancelAnimationFrame(soon)
      }
    }
    return rush.onEnd(draw)
  }, [isBrief, rush])
  return isBrief
}
