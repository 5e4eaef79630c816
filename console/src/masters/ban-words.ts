import { defineWords } from '@/i18n/words'

export const banWords = defineWords('bans', {
  title: ['禁运', 'Bans'],
  about: [
    '哪类货品不发往哪里；订单撞上禁运会在审核时挂起。仓库与快递到不了的地方在各自的覆盖区域和运费表里设置。',
    'Which goods do not go where; the audit holds such orders. Where a warehouse or carrier does not go is set by its areas and freight.',
  ],
  newBan: ['新增禁运', 'New ban'],
  goodsClass: ['品类', 'Class'],
  region: ['地区', 'Region'],
  regionHint: ['省份，或 6 位行政区划代码、国家代码', 'A province, a Chinese division code or a country code'],
  everywhere: ['所有地区', 'everywhere'],
  mainland: ['中国大陆', 'mainland China'],
  lift: ['解除', 'Lift'],
  liftAsk: ['解除后，因此挂起的订单会自动继续', 'Orders held for it go on by themselves'],
  lifted: ['已解除：{{what}} → {{where}}', 'Lifted: {{what}} → {{where}}'],
  banned: ['已禁运', 'Banned'],
  none: ['没有禁运', 'Nothing is banned'],
  noneHint: [
    '例如：易碎品不发新疆，危险品不发要空运的地区。订单撞上禁运会挂起，不会误发。',
    'Fragile goods to far provinces, say. Orders that meet a ban are held, never sent by mistake.',
  ],
})
