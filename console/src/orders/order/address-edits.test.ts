import { expect, test } from 'vitest'
import { bodyOf, clashesOf, mergedOf, NOTHING_WRITTEN, sidesOf } from './address-edits'

const order = (more: object = {}) =>
  ({
    receiver_name: '王*',
    receiver_phone: '139****5678',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    timeline: [],
    ...more,
  }) as unknown as Parameters<typeof clashesOf>[0]
const mine = { ...NOTHING_WRITTEN, name: '李四', detail: '龙井路1号' }

test('an order that became newer by something else keeps the draft, and nothing is asked', () => {
  expect(clashesOf(order(), mine, order({ version: 9 }))).toEqual([])
  expect(mergedOf(order(), mine, order(), new Set())).toEqual(mine)
})

test('where another changed the receiver one is asked for each field that is written, and what is not kept is his', () => {
  const theirs = order({ receiver_name: '赵*' })
  expect(clashesOf(order(), mine, theirs)).toEqual(['name', 'detail'])
  const merged = mergedOf(order(), mine, theirs, new Set(['detail']))
  expect(bodyOf(merged)).toEqual({ detail: '龙井路1号' })
  expect(sidesOf('name', mine, theirs)).toEqual({ mine: '李四', theirs: '赵*' })
})

test('the same region by both is no question', () => {
  const region = { province: '广东省', city: '广州市', district: '天河区' }
  const theirs = order({ receiver_name: '赵*', ...region })
  expect(clashesOf(order(), { ...mine, region }, theirs)).toEqual(['name', 'detail'])
  expect(clashesOf(order(), { ...mine, region: { ...region, district: '越秀区' } }, theirs)).toContain('region')
})

test('another receiver whose masks say the same is told by the story of the order', () => {
  expect(clashesOf(order(), mine, order({ timeline: [{ step: 'receiver_edited' }] }))).toEqual(['name', 'detail'])
})
