import { useCallback } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { capital } from '@/i18n/format'
import { api, given } from './client'

interface Word {
  code: string
  zh: string
  en: string
  next_zh?: string
  next_en?: string
}

/** All closed lists with their words, as mails and print-outs use them. Loaded once. */
export function useAllWords(): Record<string, Word[]> {
  const { data } = useQuery({
    queryKey: ['words'],
    queryFn: async () => given(await api.GET('/api/v1/words')) as Record<string, Word[]>,
    staleTime: Infinity,
  })
  return data ?? {}
}

/** The word of a code of one closed list; a code without one is shown as it is. */
export function useEnum(list: string): (code: string | null | undefined) => string {
  const { i18n } = useTranslation()
  const words = useAllWords()[list]
  return useCallback(
    (code) => {
      const word = words?.find((one) => one.code === code)
      return word ? (i18n.language === 'en' ? word.en : word.zh) : (code ?? '')
    },
    [words, i18n.language],
  )
}

export function useEnumOptions(list: string): { value: string; label: string }[] {
  const { i18n } = useTranslation()
  const words = useAllWords()[list] ?? []
  return words.map((word) => ({ value: word.code, label: capital(i18n.language === 'en' ? word.en : word.zh) }))
}
