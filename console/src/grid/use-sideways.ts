import { useEffect, useMemo, useState, type RefObject } from 'react'
import { isPlain, widthOf, type Column, type Layout } from './columns'

/** What is drawn of a row: its pinned columns, and of the others those in sight. */
export interface Sight<Row> {
  columns: readonly Column<Row>[]
  /** Where each of these stands among all, from 0. */
  places: readonly number[]
  /** How wide each of these is, in pixels; none on a phone, where a cell is as wide as there is room. */
  widths: readonly number[]
}

interface View {
  left: number
  width: number
}

/** The view is told by steps of so many pixels, and as many are drawn on both sides beyond it: rows are drawn anew once a step at most. */
const STEP = 120

/**
 * Follows the box while it is scrolled to the side.
 *
 * It is marked with `data-sideways` then: only so do pinned cells have anywhere to stay. Each that is sticky is a layer of its
 * own to the browser, two to every row, which all scrolling down would pay for.
 *
 * Cells out of sight are not drawn: each costs as much as one that is seen, in every row that scrolls by. What is more than
 * words (a button, a link) is, for the keyboard reaches it by Tab. Until the box is first scrolled, it is taken to be as wide
 * as the window, or as it has grown since.
 */
export function useSideways<Row>(
  scroll: RefObject<HTMLElement | null>,
  columns: readonly Column<Row>[],
  layout: Layout,
): Sight<Row> {
  const [view, setView] = useState<View>(() => ({ left: 0, width: window.innerWidth }))
  useEffect(() => {
    const box = scroll.current
    if (!box) return
    let seen = ''
    const look = () => {
      const { scrollLeft, clientWidth } = box
      const left = Math.floor(scrollLeft / STEP) * STEP
      const width = (Math.ceil(clientWidth / STEP) + 1) * STEP
      // Not even asked to draw the same again: scrolling down would pay for it in every frame.
      const seeing = `${scrollLeft > 0} ${left} ${width}`
      if (seeing === seen) return
      seen = seeing
      box.toggleAttribute('data-sideways', scrollLeft > 0)
      setView((now) => (now.left === left && now.width === width ? now : { left, width }))
    }
    const grow = () => {
      const width = (Math.ceil(box.clientWidth / STEP) + 1) * STEP
      setView((now) => (now.width >= width - STEP ? now : { ...now, width }))
    }
    const watch = 'ResizeObserver' in window ? new ResizeObserver(grow) : null
    watch?.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      watch?.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [scroll])
  // The same places are the same array, so that rows are drawn anew only when there are others.
  const places = inSight(columns, layout, view).join()
  return useMemo(() => {
    const drawn = places.split(',').map(Number)
    const shown = drawn.flatMap((place) => columns[place] ?? [])
    return { columns: shown, places: drawn, widths: shown.map((column) => widthOf(column, layout)) }
  }, [columns, layout, places])
}

/** Where the columns stand, among all, that are pinned, in sight, or more than words. */
export function inSight<Row>(columns: readonly Column<Row>[], layout: Layout, { left, width }: View): number[] {
  const pinned = columns.filter((column) => column.isPinned)
  const held = pinned.reduce((sum, column) => sum + widthOf(column, layout), 0)
  let edge = 0
  return columns.flatMap((column, place) => {
    const begin = edge
    edge += widthOf(column, layout)
    const isSeen = edge >= left + held - STEP && begin < left + width + STEP
    return column.isPinned || isSeen || !isPlain(column) ? [place] : []
  })
}
