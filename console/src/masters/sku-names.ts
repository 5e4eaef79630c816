import type { components } from '@/api/schema'
import type { MasterSay } from './shop-names'

export type Sku = components['schemas']['SkuView']

export const kindName = (kind: string, t: MasterSay) =>
  kind === 'goods' ? t('kind_goods') : kind === 'bundle' ? t('kind_bundle') : t('kind_service')

export function className(name: string, t: MasterSay): string {
  const words = {
    normal: 'class_normal',
    fragile: 'class_fragile',
    fresh: 'class_fresh',
    dangerous: 'class_dangerous',
    oversize: 'class_oversize',
  } as const
  return name in words ? t(words[name as keyof typeof words]) : name
}
