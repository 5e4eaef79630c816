import type { Order } from '../shapes'
import type { RegionNames } from './region-picker'

/** Another receiver as it is written: what is empty stays as it is. */
export interface AddressDraft {
  name: string
  phone: string
  detail: string
  region: RegionNames | null
}

export type AddressField = keyof AddressDraft

export const NOTHING_WRITTEN: AddressDraft = { name: '', phone: '', detail: '', region: null }
const FIELDS: readonly AddressField[] = ['name', 'phone', 'region', 'detail']
const RECEIVER_STEPS = new Set(['receiver_edited', 'receiver_restored', 'platform_receiver_changed'])

export interface AddressBody {
  name?: string
  phone?: string
  province?: string
  city?: string
  district?: string
  detail?: string
}

const isWritten = (draft: AddressDraft, field: AddressField) =>
  field === 'region' ? draft.region !== null : draft[field].trim() !== ''

/** What is written, as the API takes it. */
export function bodyOf({ name, phone, detail, region }: AddressDraft): AddressBody {
  return {
    ...(name.trim() && { name: name.trim() }),
    ...(phone.trim() && { phone: phone.trim() }),
    ...(detail.trim() && { detail: detail.trim() }),
    ...(region ?? {}),
  }
}

type Received = Pick<Order, 'receiver_name' | 'receiver_phone' | 'province' | 'city' | 'district' | 'timeline'>

const placeOf = ({ province, city, district }: Pick<Received, 'province' | 'city' | 'district'>) =>
  [province, city, district].filter(Boolean).join(' / ')

/** Whether somebody has given the order another receiver: by the masks, and by its story where masks say the same. */
function isOther(base: Received, now: Received): boolean {
  const stepsOf = ({ timeline }: Received) => timeline.filter(({ step }) => RECEIVER_STEPS.has(step)).length
  const shown = (one: Received) => [one.receiver_name, one.receiver_phone, placeOf(one)].join('\n')
  return stepsOf(base) !== stepsOf(now) || shown(base) !== shown(now)
}

/** Each field that is written here, where another has changed the receiver: what he wrote is seen as masks only, so one is asked for each. A region is
 * seen whole: the same is asked for by nobody. */
export function clashesOf(base: Received, mine: AddressDraft, now: Received): AddressField[] {
  const isSame = (field: AddressField) =>
    field === 'region' && mine.region !== null && placeOf(mine.region) === placeOf(now)
  return isOther(base, now) ? FIELDS.filter((field) => isWritten(mine, field) && !isSame(field)) : []
}

/** The draft upon the other's receiver: what one has not kept stays as he wrote it. */
export function mergedOf(base: Received, mine: AddressDraft, now: Received, kept: ReadonlySet<string>): AddressDraft {
  const given = clashesOf(base, mine, now).filter((field) => !kept.has(field))
  return { ...mine, ...Object.fromEntries(given.map((field) => [field, NOTHING_WRITTEN[field]])) }
}

/** A field as it is written here, and as the other's is shown. */
export function sidesOf(field: AddressField, mine: AddressDraft, theirs: Received): { mine: string; theirs: string } {
  if (field === 'region') return { mine: mine.region ? placeOf(mine.region) : '', theirs: placeOf(theirs) }
  const masks = { name: theirs.receiver_name, phone: theirs.receiver_phone, detail: '***' }
  return { mine: mine[field], theirs: masks[field] }
}
