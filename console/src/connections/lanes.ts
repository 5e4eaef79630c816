import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { toast, toastProblem } from '@/frame/toasts'
import { instant } from '@/i18n/format'
import { say, type Say } from '@/i18n/words'
import { connectionWords } from './words'

export type Part = components['schemas']['PartView']
export type ConnectionSay = Say<(typeof connectionWords)['keys'][number]>

function useParts(): Part[] {
  const { data = [] } = useQuery({
    queryKey: ['health-parts'],
    queryFn: async () => given(await api.GET('/api/v1/health/parts')),
    refetchInterval: 15_000,
    retry: false,
  })
  return data
}

/** How calls to each counterpart go, by lane. */
export function useLanes(): ReadonlyMap<string, Part> {
  return new Map(
    useParts()
      .filter((part) => part.lane)
      .map((part) => [`${part.kind}:${part.code}`, part]),
  )
}

/** How each feed of a shop is, as the page of health says it. */
export function useFeedStates(shop: string): ReadonlyMap<string, Part['state']> {
  const its = useParts().filter((part) => part.kind === 'shop' && part.code === shop && part.feed)
  return new Map(its.map((part) => [part.feed, part.state]))
}

/** What a lane has on its hands, in words. */
export function callsOf(lane: Part, t: ConnectionSay): string {
  const { pending = 0, dead = 0, unknown = 0 } = lane.detail as Record<string, number>
  const told = [
    lane.since ? t('resting', { at: instant(lane.since) }) : '',
    pending > 0 ? t('waitingCalls', { n: pending }) : '',
    unknown > 0 ? t('unknownCalls', { n: unknown }) : '',
    dead > 0 ? t('deadCalls', { n: dead }) : '',
  ]
  return told.filter(Boolean).join(' · ') || t('nothingWaits')
}

/** Calls a counterpart again at once, however long it rests. */
export function useTryNow() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: async ({ lane }: Part) => given(await api.POST('/api/v1/outbox/tries', { body: { lane: lane ?? '' } })),
    onSuccess: (_, { name }) => {
      toast(say(connectionWords, 'tried', { name }))
      void cache.invalidateQueries({ queryKey: ['health-parts'] })
    },
    onError: toastProblem,
  })
}
