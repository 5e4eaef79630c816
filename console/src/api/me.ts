import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { setHouseCurrency, setServerNow } from '@/i18n/format'
import { hasChosenLanguage, setLanguage } from '@/i18n/start'
import { api, given } from './client'
import type { components } from './schema'

export type Me = components['schemas']['Me']
export type Right = Me['rights'][number]

export const ME_KEY = ['me']

/** Who is signed in; an error of status 401: nobody. */
export function useMeQuery() {
  return useQuery({
    queryKey: ME_KEY,
    queryFn: async () => {
      const me = given(await api.GET('/api/v1/me'))
      setServerNow(me.now)
      setHouseCurrency(me.currency)
      speak(me.language)
      return me
    },
    staleTime: 5 * 60_000,
  })
}

/** The person's own language, unless another one was chosen in this browser. */
function speak(language: string): void {
  if (!hasChosenLanguage() && (language === 'zh' || language === 'en')) setLanguage(language)
}

export const MeContext = createContext<Me | null>(null)

/** The person at the screen; only inside of the signed-in frame. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (me === null) throw new Error('nobody is signed in')
  return me
}

export function useMay(): (right: Right) => boolean {
  const me = useMe()
  return (right) => me.rights.includes(right)
}
