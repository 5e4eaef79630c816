import type { components } from '@/api/schema'
import type { Tone } from '@/frame/pill'

export type Order = components['schemas']['WholeOrder']
export type OrderLine = Order['lines'][number]
export type Hold = Order['holds'][number]
export type Fulfilment = Order['fulfilments'][number]
export type Parcel = Order['parcels'][number]
export type Step = Order['timeline'][number]

/** An order in the list: a field of the list's definition by its name. */
export interface OrderRow extends Record<string, unknown> {
  id: string
  order_no: string
  version: number
}

export const ORDER_TONES: Record<string, Tone> = {
  unpaid: 'quiet',
  received: 'wait',
  audited: 'progress',
  backordered: 'bad',
  sourced: 'progress',
  released: 'progress',
  part_shipped: 'progress',
  shipped: 'good',
  delivered: 'good',
  cancelled: 'quiet',
}

export const FULFILMENT_TONES: Record<string, Tone> = {
  planned: 'wait',
  merged: 'quiet',
  released: 'progress',
  accepted: 'progress',
  recalling: 'wait',
  part_shipped: 'progress',
  shipped: 'good',
  delivered: 'good',
  rejected: 'bad',
  cancelled: 'quiet',
}

export const PARCEL_TONES: Record<string, Tone> = {
  shipped: 'progress',
  in_transit: 'progress',
  delivered: 'good',
  refused: 'bad',
  lost: 'bad',
  returned: 'bad',
}
