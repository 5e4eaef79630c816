import { expect, test } from 'vitest'
import '@/i18n/start'
import { i18n } from '@/i18n/start'
import { say } from '@/i18n/words'
import { counterpartName } from './counterparts'
import { healthWords } from './words'

test('who sent a message is told in words; whom nobody knows keeps his name', async () => {
  await i18n.changeLanguage('zh')
  const told = ['wms:HZ', 'shop:TB:1', 'carrier:', 'other:1'].map((one) =>
    counterpartName(one, (key) => say(healthWords, key)),
  )
  expect(told).toEqual(['仓库系统 HZ', '店铺 TB:1', '快递', 'other:1'])
})
