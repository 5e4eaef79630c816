import type { Order } from '../shapes'

/** What people may wish for; the words of the API. */
export type Draft = Pick<Order['edits'], 'warehouse_code' | 'carrier_code' | 'remark' | 'is_urgent' | 'is_alone'>
export type DraftField = keyof Draft
interface WithEdits {
  edits: Draft
}

const FIELDS: readonly DraftField[] = ['warehouse_code', 'carrier_code', 'remark', 'is_urgent', 'is_alone']

export function draftOf({ edits }: WithEdits): Draft {
  const { warehouse_code, carrier_code, remark, is_urgent, is_alone } = edits
  return { warehouse_code, carrier_code, remark, is_urgent, is_alone }
}

/** Only what differs from the version that was seen. */
export function changeOf(base: WithEdits, draft: Draft): Partial<Draft> {
  const before = draftOf(base)
  return Object.fromEntries(FIELDS.filter((name) => before[name] !== draft[name]).map((name) => [name, draft[name]]))
}

/** Fields that both sides changed, and not to the same. */
export function conflictsOf(base: WithEdits, mine: Draft, theirs: WithEdits): DraftField[] {
  const before = draftOf(base)
  const now = draftOf(theirs)
  return FIELDS.filter((name) => before[name] !== mine[name] && before[name] !== now[name] && mine[name] !== now[name])
}

/** Three-way: what only one side changed is taken; of the rest, what was chosen. */
export function mergedOf(base: WithEdits, mine: Draft, theirs: WithEdits, keepMine: ReadonlySet<string>): Draft {
  const before = draftOf(base)
  const now = draftOf(theirs)
  const clash = new Set(conflictsOf(base, mine, theirs))
  const take = (name: DraftField) => (clash.has(name) ? keepMine.has(name) : before[name] !== mine[name])
  return Object.fromEntries(FIELDS.map((name) => [name, take(name) ? mine[name] : now[name]])) as unknown as Draft
}
