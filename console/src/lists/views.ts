import type { components } from '@/api/schema'
import { FIRST_LAYOUT, shownColumns, type Column, type Layout } from '@/grid/columns'
import { isSame } from './filters'

export type View = components['schemas']['SavedView']

/** What of a list a view keeps. */
export type Kept = Pick<View, 'filters' | 'sort' | 'group' | 'columns'>

/** The columns of a saved view as a layout: exactly these, in this order. A view without columns leaves them as they are. */
export function layoutOf<Row>(ids: readonly string[], columns: readonly Column<Row>[], own: Layout): Layout {
  if (ids.length === 0) return own
  return {
    ...FIRST_LAYOUT,
    widths: own.widths,
    pinned: own.pinned,
    order: [...ids],
    hidden: columns.filter((column) => !ids.includes(column.id)).map((column) => column.id),
    shown: columns.filter((column) => column.isExtra && ids.includes(column.id)).map((column) => column.id),
  }
}

export function idsOf<Row>(columns: readonly Column<Row>[], layout: Layout): string[] {
  return shownColumns(columns, layout).map((column) => column.id)
}

/** Whether two layouts show the same columns in the same order; widths are everybody's own affair. */
export function isSameColumns<Row>(columns: readonly Column<Row>[], a: Layout, b: Layout): boolean {
  return idsOf(columns, a).join('\n') === idsOf(columns, b).join('\n')
}

/** Whether what is shown differs from the view in filters, sort or grouping. */
export function differs(view: Omit<Kept, 'columns'>, here: Omit<Kept, 'columns'>): boolean {
  return !isSame(view.filters, here.filters) || view.sort !== here.sort || view.group !== here.group
}

/** The layout kept of an opened view whose columns were changed, if it is this one's. */
export interface Changed {
  view: string
  layout: Layout
}

/** The columns to draw: of the opened view, as changed since; else one's own. Widths, and what stays in sight, are always one's own. */
export function layoutNow<Row>(
  view: View | undefined,
  changed: Changed | null,
  columns: readonly Column<Row>[],
  own: Layout,
): Layout {
  if (view === undefined) return own
  const layout = changed?.view === view.id ? changed.layout : layoutOf(view.columns, columns, own)
  return { ...layout, widths: own.widths, pinned: own.pinned }
}
