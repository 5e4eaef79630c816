import { useQuery } from '@tanstack/react-query'
import { language } from '@/i18n/start'
import { api, given } from './client'
import type { components } from './schema'

export type SignInWays = components['schemas']['SignInWays']

/** How people sign in here; `told`: the reason that a sign-in came back with, to be put in words. */
export function useWays(told: string | null = null) {
  const spoken = language()
  return useQuery({
    queryKey: ['sign-in-ways', told, spoken],
    queryFn: async () =>
      given(await api.GET('/api/v1/sign-in/ways', { params: { query: told === null ? {} : { told } } })),
    staleTime: 5 * 60_000,
  })
}

/** The parameter by which a page hears what became of a sign-in. */
export const TOLD = 'sign_in'

/** Where the button of the provider leads: away from here, and back to this very page. */
export function providerAddress(path: string, here: Location = window.location): string {
  const query = new URLSearchParams(here.search)
  query.delete(TOLD)
  const to = here.pathname + (query.size > 0 ? `?${query.toString()}` : '')
  return `${path}?${new URLSearchParams({ to, language: language() }).toString()}`
}
