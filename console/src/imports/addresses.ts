import { writeFilter } from '@/lists/filters'
import { toAddress } from '@/orders/finding'
import type { Kind } from './send'

const LISTS: Readonly<Record<Kind, string>> = {
  orders: '/orders',
  products: '/products',
  bundles: '/products?kind=bundle',
  listings: '/listings?show=all',
  stock: '/stock',
  warehouses: '/warehouses',
  carriers: '/carriers',
  freight: '/carriers?tab=freight',
  shops: '/shops',
}

const LISTINGS_MAX = 200

/**
 * The list in which an import is to be seen: what it brought alone, where the list can be asked for that and it is not too much; orders came into one
 * shop, and the list is asked for that one.
 */
export function addressOf(kind: Kind, shop: string, taken: readonly string[] = []): string {
  if (kind === 'orders' && taken.length > 0)
    return `${LISTS.orders}?${new URLSearchParams({ find: toAddress(taken.join(' ')) })}`
  if (kind === 'listings' && taken.length > 0 && taken.length <= LISTINGS_MAX)
    return `${LISTS.listings}&${new URLSearchParams({ only: taken.join('|') })}`
  if (kind !== 'orders' || !shop) return LISTS[kind]
  return `${LISTS.orders}?${new URLSearchParams({ f: writeFilter({ field: 'shop', op: 'is', values: [shop] }) })}`
}
