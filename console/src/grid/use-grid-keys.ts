import { useEffect, useRef } from 'react'
import { useKeys } from '@/frame/keys'
import { useWords } from '@/i18n/words'
import { extend, toggle, type Selection } from './selection'
import { gridWords } from './words'

interface Given<Row> {
  rows: readonly Row[]
  rowId: (row: Row) => string
  /** Ids of the rows as drawn. */
  order: readonly string[]
  selection?: Selection
  onSelection?: (selection: Selection) => void
  activeId: string | null
  onActive: (id: string | null) => void
  onOpen?: (row: Row) => void
  reveal: (id: string) => void
}

/** J/K and arrows move, X selects, Shift+X selects up to here, Enter opens. */
export function useGridKeys<Row>({ order, selection, activeId, rows, rowId, reveal, ...on }: Given<Row>): void {
  const t = useWords(gridWords)

  const at = activeId === null ? -1 : order.indexOf(activeId)
  // Where a row was that has gone from the list: the keys go on from there, not from the top.
  const last = useRef(-1)
  useEffect(() => {
    if (at >= 0) last.current = at
  }, [at])

  function move(by: 1 | -1): void {
    const isGone = at < 0 && activeId !== null && last.current >= 0
    const from = isGone ? last.current - (by > 0 ? 1 : 0) : at
    const id = order[at < 0 && !isGone ? 0 : Math.min(order.length - 1, Math.max(0, from + by))]
    if (id === undefined) return
    on.onActive(id)
    reveal(id)
  }

  function choose(isRange: boolean): void {
    if (activeId === null || !selection) return
    on.onSelection?.(isRange ? extend(selection, activeId, order) : toggle(selection, activeId))
  }

  function open(): void {
    const row = rows.find((one) => rowId(one) === activeId)
    if (row !== undefined) on.onOpen?.(row)
  }

  const down = () => {
    move(1)
  }
  const up = () => {
    move(-1)
  }
  const selecting = selection
    ? [
        {
          key: 'x',
          says: t('select'),
          run: () => {
            choose(false)
          },
        },
        {
          key: 'shift+x',
          says: t('range'),
          run: () => {
            choose(true)
          },
        },
      ]
    : []
  useKeys([
    { key: 'j', says: t('next'), run: down },
    { key: 'k', says: t('previous'), run: up },
    { key: 'arrowdown', says: t('next'), run: down },
    { key: 'arrowup', says: t('previous'), run: up },
    { key: 'enter', says: t('open'), run: open },
    ...selecting,
  ])
}
