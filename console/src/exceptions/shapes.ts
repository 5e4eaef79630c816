import type { components } from '@/api/schema'
import type { Tone } from '@/frame/pill'

/** One thing that waits for a person. */
export type Exception = components['schemas']['ExceptionRow']

export const KIND_TONES: Record<string, Tone> = {
  hold: 'wait',
  backordered: 'bad',
  message_set_aside: 'bad',
  call_dead: 'bad',
  call_unknown: 'wait',
}
