import type { ConnectionSay } from './lanes'

const FEEDS = {
  orders: 'feed_orders',
  bulk: 'feed_bulk',
  refunds: 'feed_refunds',
  created: 'feed_created',
  push: 'feed_push',
} as const

/** What a shop's feed is called. */
export function feedName(feed: string, t: ConnectionSay): string {
  return feed in FEEDS ? t(FEEDS[feed as keyof typeof FEEDS]) : feed
}
