/** Rows chosen by id, and where a range would start. */
export interface Selection {
  ids: ReadonlySet<string>
  anchor: string | null
  /** The list all of whose rows are meant, those not loaded too: its filters. Another choice says it no more. */
  allOf?: string
}

export const NOTHING: Selection = { ids: new Set(), anchor: null }

/** One row in or out. */
export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, anchor: id }
}

/** All rows from the anchor to this one; what was chosen stays. */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor)
  const to = order.indexOf(id)
  if (from < 0 || to < 0) return toggle(selection, id)
  const ids = new Set(selection.ids)
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) ids.add(one)
  return { ids, anchor: selection.anchor }
}

/** Every loaded row, or none when all are chosen. */
export function toggleAll(selection: Selection, order: readonly string[]): Selection {
  const isAll = order.length > 0 && order.every((id) => selection.ids.has(id))
  return isAll ? NOTHING : { ids: new Set(order), anchor: null }
}
