import { Skeleton } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import { Pill, type Tone } from '@/frame/pill'
import { ProblemView } from '@/frame/problem-view'
import { duration, instant } from '@/i18n/format'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { healthWords } from './words'

interface Part {
  part: string
  kind: string
  zh: string
  en: string
  state: string
  detail: string
  last_at: string | null
  lag_s: number | null
}

const TONES: Record<string, Tone> = { good: 'good', warn: 'wait', bad: 'bad' }

/** Each shop, warehouse system, carrier and lane: how it is, and when it last spoke. */
export function Parts() {
  const t = useWords(healthWords)
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['health-parts'],
    queryFn: async () => given(await api.GET('/api/v1/health/parts')) as unknown as Part[],
    refetchInterval: 15_000,
  })
  if (isError) return <ProblemView problem={error} onAgain={() => void refetch()} />
  if (!data) return <Skeleton active style={{ padding: 14 }} />
  if (data.length === 0) return <p style={{ padding: 14 }}>{t('noParts')}</p>
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('part')}</th>
          <th>{t('state')}</th>
          <th>{t('since')}</th>
          <th>{t('lag')}</th>
          <th>{t('detail')}</th>
        </tr>
      </thead>
      <tbody>
        {data.map((part) => (
          <tr key={part.part}>
            <td>
              {language() === 'zh' ? part.zh : part.en} <span className="dim">{part.part}</span>
            </td>
            <td>
              <Pill tone={TONES[part.state] ?? 'quiet'}>
                {part.state === 'good' ? t('good') : part.state === 'bad' ? t('bad') : t('warn')}
              </Pill>
            </td>
            <td>{instant(part.last_at)}</td>
            <td>{part.lag_s === null ? '' : duration(part.lag_s)}</td>
            <td>{part.detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
