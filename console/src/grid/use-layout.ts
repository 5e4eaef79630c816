import { useState } from 'react'
import { FIRST_LAYOUT, type Layout } from './columns'

const key = (id: string) => `paidan.grid.${id}`

function read(id: string): Layout {
  try {
    return { ...FIRST_LAYOUT, ...(JSON.parse(localStorage.getItem(key(id)) ?? '{}') as Partial<Layout>) }
  } catch {
    return FIRST_LAYOUT
  }
}

/** The layout of a grid, remembered in this browser. */
export function useLayout(id: string): [Layout, (next: Layout) => void] {
  const [layout, setLayout] = useState(() => read(id))
  return [
    layout,
    (next) => {
      localStorage.setItem(key(id), JSON.stringify(next))
      setLayout(next)
    },
  ]
}
