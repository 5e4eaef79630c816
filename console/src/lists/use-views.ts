import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation, useNavigationType } from 'react-router'
import { api, given } from '@/api/client'
import type { Column, Layout } from '@/grid/columns'
import { useLayout } from '@/grid/use-layout'
import type { ListName } from './queries'
import type { ListUrl } from './use-list-url'
import { differs, idsOf, isSameColumns, layoutNow, layoutOf, type Changed, type Kept, type View } from './views'

/** In the address of a list that is shown without its default view, on purpose. */
export const NO_VIEW = 'none'

export interface Views {
  views: readonly View[]
  /** The opened one: it stays opened while what is shown differs from it (`isChanged`). */
  opened: View | undefined
  standard: View | undefined
  isChanged: boolean
  /** What a view made of this page would keep. */
  here: Kept & { list: ListName }
  layout: Layout
  onLayout: (layout: Layout) => void
  /** Shows a view as it was saved; of the opened one this is the way back to it. */
  open: (view: View) => void
  /** The opened view is as shown now: it, or the new one of this id, was saved. */
  settle: (view: View) => void
  refresh: () => Promise<void>
}

/** The saved views of a list, which of them is open, and the columns that follow from it. */
export function useViews<Row>(list: ListName, url: ListUrl, columns: readonly Column<Row>[]): Views {
  const cache = useQueryClient()
  const key = ['views', list]
  const { data } = useQuery({ queryKey: key, queryFn: () => readViews(list), staleTime: 60_000 })
  const [own, setOwn] = useLayout(list)
  const [changed, setChanged] = useChanged(list)
  const views = data ?? []
  const opened = views.find((view) => view.id === url.view)
  const standard = views.find((view) => view.is_default)
  const layout = layoutNow(opened, changed, columns, own)
  const here = {
    list,
    filters: url.texts,
    sort: url.sortText,
    group: url.group ?? '',
    columns: idsOf(columns, layout),
  }

  function open(view: View): void {
    setChanged(null)
    const { filters, sort, group, id } = view
    url.apply({ filters, sort, group, view: id })
  }
  useDefault(data !== undefined, standard, open)

  return {
    views,
    opened,
    standard,
    isChanged:
      opened !== undefined &&
      (differs(opened, here) || !isSameColumns(columns, layout, layoutOf(opened.columns, columns, own))),
    here,
    layout,
    onLayout: (next) => {
      if (opened === undefined) setOwn(next)
      else {
        setOwn({ ...own, widths: next.widths, pinned: next.pinned })
        if (choiceOf(layout) !== choiceOf(next)) setChanged({ view: opened.id, layout: next })
      }
    },
    open,
    settle: (view) => {
      cache.setQueryData<View[]>(key, (before) => [...(before ?? []).filter((one) => one.id !== view.id), view])
      setChanged(null)
      url.set({ view: view.id })
      void cache.invalidateQueries({ queryKey: key })
    },
    refresh: () => cache.invalidateQueries({ queryKey: key }),
  }
}

/** A layout but for its widths. */
const choiceOf = ({ order, hidden, shown }: Layout) => JSON.stringify([order, hidden, shown])

async function readViews(list: ListName): Promise<View[]> {
  return given(await api.GET('/api/v1/views', { params: { query: { list } } }))
}

/** Who comes to the list without asking for anything gets his default view: at first, and by each link to the plain list after. */
function useDefault(isRead: boolean, standard: View | undefined, open: (view: View) => void): void {
  const { key, search } = useLocation()
  const kind = useNavigationType()
  const arrived = useRef<string | null>(null)
  useEffect(() => {
    if (!isRead) return
    const isArrival = arrived.current === null || (arrived.current !== key && kind !== 'REPLACE')
    arrived.current = key
    const asked = new URLSearchParams(search)
    const isPlain = ['f', 'sort', 'group', 'view', 'find', 'open'].every((name) => !asked.has(name))
    if (isArrival && isPlain && standard) open(standard)
  }, [isRead, key, kind, search, standard, open])
}

/** Columns that were changed after a view was opened; a reload keeps them. */
function useChanged(list: ListName): [Changed | null, (next: Changed | null) => void] {
  const key = `paidan.view.${list}`
  const [changed, setChanged] = useState<Changed | null>(() => {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Changed | null
    } catch {
      return null
    }
  })
  return [
    changed,
    (next) => {
      if (next === null) sessionStorage.removeItem(key)
      else sessionStorage.setItem(key, JSON.stringify(next))
      setChanged(next)
    },
  ]
}
