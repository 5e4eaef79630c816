import { writeFilter } from '@/lists/filters'
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

/** The list in which an import is to be seen; orders came into one shop, and the list is asked for that one. */
export function addressOf(kind: Kind, shop: string): string {
  if (kind !== 'orders' || !shop) return LISTS[kind]
  return `${LISTS.orders}?${new URLSearchParams({ f: writeFilter({ field: 'shop', op: 'is', values: [shop] }) })}`
}
