import { ApiOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum } from '@/api/enums'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { Page, Panel } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { useReading } from '@/frame/use-reading'
import { toast, toastProblem } from '@/frame/toasts'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { KindName } from './kind-name'
import { Parts } from './parts'
import { healthWords } from './words'

export default function HealthPage() {
  const t = useWords(healthWords)
  return (
    <Page title={t('title')} about={t('about')}>
      <Panel title={t('parts')} isFlush>
        <Parts />
      </Panel>
      <Calls />
      <Invariants />
    </Page>
  )
}

/** Calls to counterparts that gave up, or whose effect nobody knows. */
function Calls() {
  const t = useWords(healthWords)
  const may = useMay()
  const reason = useEnum('reason')
  const cache = useQueryClient()
  const [state, setState] = useState<'dead' | 'unknown'>('dead')
  const { data, trouble } = useReading({
    queryKey: ['outbox', state],
    queryFn: async () => given(await api.GET('/api/v1/outbox', { params: { query: { state, limit: 100 } } })).items,
    refetchInterval: 30_000,
  })
  const revive = useMutation({
    mutationFn: async (ids: string[]) => given(await api.POST('/api/v1/outbox/revive', { body: { ids } })),
    onSuccess: ({ ids }) => {
      toast(t('revived', { count: ids.length }))
      void cache.invalidateQueries({ queryKey: ['outbox'] })
    },
    onError: toastProblem,
  })
  const rows = data ?? []
  return (
    <Panel
      title={t('calls')}
      isFlush
      extra={
        <span>
          {state === 'dead' && rows.length > 0 && may('messages') && (
            <Button
              size="small"
              loading={revive.isPending}
              onClick={() => {
                revive.mutate(rows.map((row) => row.id))
              }}
            >
              {t('reviveAll')}
            </Button>
          )}{' '}
          <Segmented
            size="small"
            value={state}
            onChange={setState}
            options={[
              { value: 'dead', label: t('dead') },
              { value: 'unknown', label: t('unknown') },
            ]}
          />
        </span>
      }
    >
      {trouble}
      {data?.length === 0 && (
        <EmptyState icon={<ApiOutlined />} title={t('noCalls')} text={t('noCallsHint')}>
          <Link to="/messages">{t('toMessages')}</Link>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <table className={table.table}>
          <thead>
            <tr>
              <th>{t('kind')}</th>
              <th>{t('key')}</th>
              <th>{t('reason')}</th>
              <th className={table.end}>{t('attempts')}</th>
              <th>{t('at')}</th>
              <th aria-label={t('revive')} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td>
                  <KindName list="outbox_kind" kind={row.kind} />
                </td>
                <td>
                  <Link to={`/messages?key=${encodeURIComponent(row.business_key)}`}>{row.business_key}</Link>
                </td>
                <td>{reason(row.reason)}</td>
                <td className={table.end}>{number(row.attempts)}</td>
                <td>{instant(row.created_at)}</td>
                <td className={table.end}>
                  {state === 'dead' && may('messages') && (
                    <Button
                      size="small"
                      disabled={revive.isPending}
                      onClick={() => {
                        revive.mutate([row.id])
                      }}
                    >
                      {t('revive')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

/** Sentences about the books that must always hold; run on demand. */
function Invariants() {
  const t = useWords(healthWords)
  const { data, isFetching, refetch, trouble } = useReading({
    queryKey: ['invariants'],
    queryFn: async () => given(await api.GET('/api/v1/invariants')),
    enabled: false,
  })
  return (
    <Panel
      title={t('invariants')}
      extra={
        <Button size="small" loading={isFetching} onClick={() => void refetch()}>
          {t('runInvariants')}
        </Button>
      }
    >
      {trouble}
      {!data && !trouble && <p className="dim">{t('neverRun')}</p>}
      {data?.holds && <Pill tone="good">{t('holds')}</Pill>}
      {data && !data.holds && (
        <>
          <Pill tone="bad">{t('broken', { count: data.broken.length })}</Pill>
          {data.broken.map((one) => (
            <details key={one.invariant}>
              <summary>
                {one.invariant}: {one.says}
              </summary>
              <pre>{[one.columns, ...one.rows].map((row) => row.join('\t')).join('\n')}</pre>
            </details>
          ))}
        </>
      )}
    </Panel>
  )
}
