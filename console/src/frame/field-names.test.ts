import { expect, test } from 'vitest'
import { i18n } from '@/i18n/start'
import { fieldNamed } from './field-names'

test('a field of a refusal is told by its word, in either language', async () => {
  const places = ['f', 'sort', 'shop_key', 'lines[2].quantity', 'nobody_knows']
  await i18n.changeLanguage('zh')
  expect(places.map(fieldNamed)).toEqual(['筛选', '排序', '授权凭证', '第 3 行数量', undefined])
  await i18n.changeLanguage('en')
  expect(places.map(fieldNamed)).toEqual(['Filter', 'Sort', 'Credentials of the shop', 'Quantity (line 3)', undefined])
})
