import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, given } from '@/api/client'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { banWords } from './ban-words'
import { masterWords } from './words'

const CODE = /^\d{6}$/
const CODES_MAX = 200

/** The provinces by code: few, and asked for once. */
function useProvinces(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ['divisions', 'provinces'],
    queryFn: async () => given(await api.GET('/api/v1/divisions')).items,
    staleTime: Infinity,
  })
  return useMemo(() => new Map((data ?? []).map((one) => [one.code, one.name])), [data])
}

/** Where a rule holds: a province by its name, everything else by its code, which is told beside. */
export function Region({ code }: { code: string }) {
  const t = useWords(banWords)
  const provinces = useProvinces()
  const name = code === '*' ? t('everywhere') : code === 'CN' ? t('mainland') : provinces.get(code)
  return (
    <>
      {name} <span className="dim mono">{code}</span>
    </>
  )
}

/** What division codes mean, in words; those that mean nothing are named. */
export function RegionNames({ regions }: { regions: readonly string[] }) {
  const t = useWords(masterWords)
  const codes = [...new Set(regions.filter((region) => CODE.test(region)))].slice(0, CODES_MAX)
  const { data } = useQuery({
    queryKey: ['divisions', codes],
    queryFn: async () =>
      given(await api.GET('/api/v1/divisions', { params: { query: { codes: codes.join(',') } } })).items,
    enabled: codes.length > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  if (!data || codes.length === 0) return null
  const names = new Map(data.map((division) => [division.code, division.full_name]))
  const known = codes.flatMap((code) => names.get(code) ?? [])
  const unknown = codes.filter((code) => !names.has(code))
  return (
    <small>
      {known.join(language() === 'zh' ? '、' : ', ')}
      {unknown.length > 0 && <strong> {t('unknownRegions', { codes: unknown.join(' ') })}</strong>}
    </small>
  )
}
