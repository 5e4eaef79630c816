import type { Values } from '@/masters/form-fields'

interface Page {
  items: readonly { id: string }[]
  next?: string | null
}

/** A record as it is stored by now, found in its list: these have no address of their own. Throws when it is in the list no more. */
export async function storedNow(id: string, read: (cursor: string) => Promise<Page>): Promise<Values> {
  let cursor: string | null | undefined = ''
  while (cursor !== undefined && cursor !== null) {
    const page: Page = await read(cursor)
    const now = page.items.find((one) => one.id === id)
    if (now) return { ...now }
    cursor = page.next
  }
  throw new Error(`${id} is in the list no more`)
}
