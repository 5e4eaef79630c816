import type { components } from '@/api/schema'
import type { Say } from '@/i18n/words'
import type { masterWords } from './words'

export type Shop = components['schemas']['ShopView']
export type MasterSay = Say<(typeof masterWords)['keys'][number]>

const DOORS = { poll: 'door_poll', push: 'door_push', bulk: 'door_bulk', webhook: 'door_webhook' } as const
const PLATFORMS = { taobao: 'platform_taobao', shopify: 'platform_shopify', direct: 'platform_direct' } as const

export const doorName = (door: string, t: MasterSay) => (door in DOORS ? t(DOORS[door as keyof typeof DOORS]) : door)
export const platformName = (platform: string, t: MasterSay) =>
  platform in PLATFORMS ? t(PLATFORMS[platform as keyof typeof PLATFORMS]) : platform

/** A counterpart that has codes of its own for our records: a platform, or the tracking service. */
export const systemName = (system: string, t: MasterSay) =>
  system === 'kuaidi100' ? t('system_kuaidi100') : platformName(system, t)
