import type { Tone } from '@/frame/pill'

/** One thing that waits for a person. */
export interface Exception {
  id: string
  kind: string
  ref_id: string
  order_id: string | null
  order_no: string
  reason: string
  text: string
  next_step: string
  since: string
  ship_by_at: string | null
  owner: string
  owned_at: string | null
  snoozed_until: string | null
  fix: { code: string; zh: string; en: string } | null
}

export const KIND_TONES: Record<string, Tone> = {
  hold: 'wait',
  backordered: 'bad',
  message_set_aside: 'bad',
  call_dead: 'bad',
  call_unknown: 'wait',
}
