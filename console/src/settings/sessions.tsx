import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, given } from '@/api/client'
import { Pill } from '@/frame/pill'
import { useReading } from '@/frame/use-reading'
import { toast, toastProblem } from '@/frame/toasts'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { settingsWords } from './words'
import styles from './settings.module.css'

/** Where I am signed in; any of it can be ended from here. */
export function Sessions({ present }: { present: string | null | undefined }) {
  const t = useWords(settingsWords)
  const cache = useQueryClient()
  const { data, trouble } = useReading({
    queryKey: ['sessions'],
    queryFn: async () => given(await api.GET('/api/v1/me/sessions')),
  })
  const onSuccess = () => {
    toast(t('ended'))
    void cache.invalidateQueries({ queryKey: ['sessions'] })
  }
  const end = useMutation({
    mutationFn: (id: string) =>
      api.DELETE('/api/v1/me/sessions/{session_id}', { params: { path: { session_id: Number(id) } } }),
    onSuccess,
    onError: toastProblem,
  })
  const endAll = useMutation({ mutationFn: () => api.DELETE('/api/v1/me/sessions'), onSuccess, onError: toastProblem })
  return (
    <>
      {trouble}
      <table className={table.table}>
        <thead>
          <tr>
            <th>{t('device')}</th>
            <th>{t('address')}</th>
            <th>{t('seen')}</th>
            <th aria-label={t('end')} />
          </tr>
        </thead>
        <tbody>
          {(data ?? []).map((session) => (
            <tr key={session.id}>
              <td>{deviceOf(session.agent)}</td>
              <td>{session.address}</td>
              <td>{instant(session.seen_at)}</td>
              <td className={table.end}>
                {session.id === present ? (
                  <Pill tone="good">{t('thisOne')}</Pill>
                ) : (
                  <Button
                    size="small"
                    onClick={() => {
                      end.mutate(session.id)
                    }}
                  >
                    {t('end')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {(data?.length ?? 0) > 1 && (
        <div className={styles.after}>
          <Button
            type="link"
            onClick={() => {
              endAll.mutate()
            }}
          >
            {t('endAll')}
          </Button>
        </div>
      )}
    </>
  )
}

const BROWSERS = ['Edg', 'Firefox', 'Chrome', 'Safari'] as const
const SYSTEMS = ['Windows', 'Android', 'iPhone', 'Mac OS', 'Linux'] as const

/** Browser and system of a user agent, in two words. */
function deviceOf(agent: string): string {
  const browser = BROWSERS.find((name) => agent.includes(name)) ?? ''
  const system = SYSTEMS.find((name) => agent.includes(name)) ?? ''
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(' · ') || agent.slice(0, 40)
}
