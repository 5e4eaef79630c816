import { expect, test } from 'vitest'
import { afterHello, afterRead, NO_NEWS, type News } from './news'

const news = (more: Partial<News>): News => ({ ...NO_NEWS, ...more })

test('a list shows what was told before it was asked for; what is told while it is read still counts', () => {
  const before = news({ told: 3, missed: 1 })
  const after = afterRead(news({ told: 5, missed: 1 }), before)
  expect([after.told - after.seen, after.missed - after.caught]).toEqual([2, 0])
})

test('an answer that comes late takes nothing back', () => {
  const early = news({ told: 1 })
  const late = news({ told: 4 })
  expect(afterRead(afterRead(late, late), early)).toEqual(news({ told: 4, seen: 4 }))
})

test('when the stream begins anew the list may be behind, unless it was asked for just now', () => {
  const asked = news({ askedAt: 100_000 })
  expect(afterHello(asked, 102_000).missed).toBe(0)
  expect(afterHello(asked, 160_000).missed).toBe(1)
})
