/** The list somebody comes from when an order's own page opens: its orders as drawn, so that one can go on from one to the next. */
export interface Trail {
  ids: string[]
  /** The list has more than was loaded. */
  isMore: boolean
  /** The list's address, with its filters. */
  back: string
}

export type TrailName = 'orders' | 'exceptions'

/** What a link to an order's page carries in the history: which list it comes from. A reload keeps it, another tab has none. */
export interface TrailState {
  trail: TrailName
}

const key = (name: TrailName) => `paidan.trail.${name}`

export function keepTrail(name: TrailName, trail: Trail): void {
  try {
    sessionStorage.setItem(key(name), JSON.stringify({ ...trail, ids: [...new Set(trail.ids)] }))
  } catch {
    // A full store loses the neighbours, nothing else.
    sessionStorage.removeItem(key(name))
  }
}

/** The trail that a page's history state names; null when it was opened otherwise. */
export function readTrail(state: unknown): (Trail & TrailState) | null {
  const name = (state as TrailState | null)?.trail
  if (name !== 'orders' && name !== 'exceptions') return null
  try {
    const kept = JSON.parse(sessionStorage.getItem(key(name)) ?? 'null') as Trail | null
    return kept && { ...kept, trail: name }
  } catch {
    return null
  }
}

export interface Neighbours {
  previous: string | null
  next: string | null
  /** From 1. */
  place: number
  total: number
}

/** Who stands beside this order; null when the list does not hold it. */
export function neighbours({ ids }: Pick<Trail, 'ids'>, id: string): Neighbours | null {
  const at = ids.indexOf(id)
  if (at < 0) return null
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null, place: at + 1, total: ids.length }
}
