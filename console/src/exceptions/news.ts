import { useCallback, useMemo, useRef, useState } from 'react'

/** What was told of exceptions, and how much of that the list shows since it was read last. */
export interface News {
  /** Changes told so far, and those of them that were told before the list was asked for. */
  told: number
  seen: number
  /** How often something may have happened that nobody told, and how often it had when the list was asked for. */
  missed: number
  caught: number
  /** When the list was asked for last, in milliseconds. */
  askedAt: number
}

export const NO_NEWS: News = { told: 0, seen: 0, missed: 0, caught: 0, askedAt: 0 }
const JUST_NOW_MS = 5_000

/** The list was read: it shows what was told before it was asked for (`before`), and perhaps more. */
export function afterRead(news: News, before: News): News {
  return { ...news, seen: Math.max(news.seen, before.told), caught: Math.max(news.caught, before.missed) }
}

/** The first page was looked at since the list was asked for: so many of its rows the list does not show. Behind that page there may be others. */
export function afterLook(news: News, unseen: number, isMore: boolean): News {
  return { ...news, told: Math.max(news.told, news.seen + unseen), missed: news.missed + (isMore ? 1 : 0) }
}

/** Counts what happens after the list was read. */
export function useExceptionNews() {
  const latest = useRef(NO_NEWS)
  const [news, setNews] = useState(NO_NEWS)
  const put = useCallback((next: News) => {
    latest.current = next
    setNews(next)
  }, [])
  const on = useMemo(
    () => ({
      told: (changed: number) => {
        put({ ...latest.current, told: latest.current.told + changed })
      },
      /** The stream began anew: what came before, nobody told. `look` tells how many rows come that are not shown; further pages are not looked at: of a list of just now that is let be. */
      hello: async (look: () => Promise<{ unseen: number; isMore: boolean }>) => {
        const { askedAt } = latest.current
        const isOfJustNow = Date.now() - askedAt <= JUST_NOW_MS
        const { unseen, isMore } = await look()
        // Asked for anew meanwhile, the list shows them.
        if (latest.current.askedAt === askedAt) put(afterLook(latest.current, unseen, isMore && !isOfJustNow))
      },
      /** Rows could not be read: what is shown may be old. */
      lost: () => {
        put({ ...latest.current, missed: latest.current.missed + 1 })
      },
      /** The list is asked for; what comes back is called when it has come. */
      asking: () => {
        const before = latest.current
        put({ ...before, askedAt: Date.now() })
        return () => {
          put(afterRead(latest.current, before))
        }
      },
    }),
    [put],
  )
  return { count: news.told - news.seen, isBehind: news.missed > news.caught, on }
}
