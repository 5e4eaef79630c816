import { useEffect, useMemo, useState, type RefObject } from 'react'
import { widthOf, type Column, type Layout } from './columns'

/** What is drawn of a row: its pinned columns, and of the others those in sight. */
export interface Sight<Row> {
  columns: readonly Column<Row>[]
  /** How wide each of these is, in pixels. */
  widths: readonly number[]
  /** How many of all columns are pinned: they come first. */
  pinned: number
  /** How many of the others are left out before the first that is drawn. */
  skipped: number
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
 * Cells out of sight are not drawn: each costs as much as one that is seen, in every row that scrolls by. Until the box is
 * first scrolled, or its size changes, it is taken to be as wide as the window.
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
    const look = () => {
      const { scrollLeft, clientWidth } = box
      box.toggleAttribute('data-sideways', scrollLeft > 0)
      const left = Math.floor(scrollLeft / STEP) * STEP
      const width = (Math.ceil(clientWidth / STEP) + 1) * STEP
      setView((now) => (now.left === left && now.width === width ? now : { left, width }))
    }
    window.addEventListener('resize', look)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      window.removeEventListener('resize', look)
      box.removeEventListener('scroll', look)
    }
  }, [scroll])
  const { skipped, end } = inSight(columns, layout, view)
  return useMemo(() => {
    const pinned = columns.filter((column) => column.isPinned)
    const others = columns.slice(pinned.length)
    const drawn = [...pinned, ...others.slice(skipped, end)]
    return { columns: drawn, widths: drawn.map((column) => widthOf(column, layout)), pinned: pinned.length, skipped }
  }, [columns, layout, skipped, end])
}

/** Which of the columns that are not pinned are in sight: from `skipped` up to `end`. */
export function inSight<Row>(
  columns: readonly Column<Row>[],
  layout: Layout,
  { left, width }: View,
): { skipped: number; end: number } {
  const pinned = columns.filter((column) => column.isPinned)
  const others = columns.slice(pinned.length)
  let edge = pinned.reduce((sum, column) => sum + widthOf(column, layout), 0)
  const begin = left + edge - STEP
  let skipped = 0
  let end = 0
  for (const column of others) {
    if (edge < left + width + STEP) end++
    edge += widthOf(column, layout)
    if (edge < begin) skipped++
  }
  return { skipped: Math.min(skipped, end), end }
}
