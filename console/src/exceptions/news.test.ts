import { expect, test } from 'vitest'
import { afterLook, afterRead, NO_NEWS, type News } from './news'

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

test('rows that came while nobody told are counted once, also where some were told before', () => {
  const after = afterLook(news({ told: 6, seen: 4 }), 3, false)
  expect([after.told - after.seen, after.missed]).toEqual([3, 0])
  expect(afterLook(news({ told: 9, seen: 4 }), 3, false).told).toBe(9)
})

test('where one page does not hold all, the list may be behind', () => {
  expect(afterLook(NO_NEWS, 0, true).missed).toBe(1)
})
