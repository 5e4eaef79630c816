import type { components } from '@/api/schema'
import type { Tone } from '@/frame/pill'
import type { Say } from '@/i18n/words'
import type { exceptionWords } from './words'

type ExceptionSay = Say<(typeof exceptionWords)['keys'][number]>

/** One thing that waits for a person. `is_gone`: it waits no more, and stands here until somebody asks for the news, so that no row jumps. */
export type Exception = components['schemas']['ExceptionRow'] & { is_gone?: boolean }

export const KIND_TONES: Record<string, Tone> = {
  hold: 'wait',
  backordered: 'bad',
  message_set_aside: 'bad',
  call_dead: 'bad',
  call_unknown: 'wait',
}

const CALLS: ReadonlySet<string> = new Set(['call_dead', 'call_unknown'])

/** Whether it is about a call of ours to a counterpart. */
export const isCall = (row: Exception) => CALLS.has(row.kind)

/** Where its messages are read. */
export function messagesOf(row: Exception): string {
  return row.order_no ? `/messages?key=${encodeURIComponent(row.order_no)}` : '/messages'
}

/** Where the listings are mapped that an exception is about, those alone. */
export function mappingOf(row: Exception): string {
  return row.listing_ids.length > 0 ? `/listings?only=${row.listing_ids.join('|')}` : '/listings'
}

/** The remarks that wait to be read, each with who has written it. */
export function saidOf(
  { buyer_remark: buyer, seller_remark: seller }: Pick<Exception, 'buyer_remark' | 'seller_remark'>,
  t: ExceptionSay,
): string[] {
  return [buyer && t('buyerSays', { text: buyer }), seller && t('sellerSays', { text: seller })].filter(Boolean)
}

interface Paged {
  items: Exception[]
  next?: string | null
}

export interface Shown<Page extends Paged = Paged> {
  pages: Page[]
  pageParams: unknown[]
}

/** The rows in their places, as they are by now: what waits no more is marked, or left out when it was one's own doing. */
export function renewed<Given extends Shown>(
  shown: Given,
  asked: ReadonlySet<string>,
  found: ReadonlyMap<string, Exception>,
  isOwn: boolean,
): Given {
  const now = (row: Exception): Exception[] => {
    if (!asked.has(row.id)) return [row]
    const fresh = found.get(row.id)
    if (fresh) return [fresh]
    return isOwn ? [] : [{ ...row, is_gone: true }]
  }
  return { ...shown, pages: shown.pages.map((page) => ({ ...page, items: page.items.flatMap(now) })) }
}
