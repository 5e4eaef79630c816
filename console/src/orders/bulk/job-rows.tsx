import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { troubleOf } from '@/frame/use-reading'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Job } from './offer-undo'
import { CopyNumbers } from './copy-numbers'
import { ReasonCounts } from './reason-counts'
import { bulkWords } from './words'
import styles from './bulk.module.css'

const PAGE = 100

type Kept = 'refused' | 'done' | 'undone' | 'not_undone'

/** What became of each order of a job, all of them, page after page; the refused by reason. */
export function JobRows({ job }: { job: Job }) {
  const t = useWords(bulkWords)
  const isUndone = job.state === 'undone'
  const [bad, good]: [Kept, Kept] = isUndone ? ['not_undone', 'undone'] : ['refused', 'done']
  const [state, setState] = useState<Kept>(job.failed > 0 ? bad : good)
  const [reason, setReason] = useState<string | null>(null)
  const shown = state === bad || state === good ? state : bad
  const rows = useInfiniteQuery({
    queryKey: ['job', job.id, 'rows', shown, reason, job.done, job.failed, job.undone],
    queryFn: async ({ pageParam }) =>
      given(
        await api.GET('/api/v1/jobs/{job_id}/rows', {
          params: {
            path: { job_id: Number(job.id) },
            query: { state: shown, limit: PAGE, cursor: pageParam, ...(reason && shown === bad ? { reason } : {}) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const found = rows.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <Segmented
        value={shown}
        onChange={setState}
        options={[
          { value: bad, label: t('rowsRefused', { total: number(job.failed) }), disabled: job.failed === 0 },
          { value: good, label: t('rowsDone', { total: number(isUndone ? job.undone : job.done) }) },
        ]}
      />
      {shown === bad && (
        <ReasonCounts
          counts={job.refused_by_reason ?? []}
          chosen={reason}
          onChoose={isUndone ? undefined : setReason}
        />
      )}
      {troubleOf(rows)}
      {found.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('rowsOf')}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>{t('orderNo')}</th>
                {shown === bad && <th>{t('reason')}</th>}
                {shown === bad && <th>{t('next')}</th>}
              </tr>
            </thead>
            <tbody>
              {found.map((row) => (
                <tr key={row.n}>
                  <td className="mono">
                    <Link to={`/orders?find=${encodeURIComponent(row.order_no)}`} target="_blank">
                      {row.order_no}
                    </Link>
                  </td>
                  {shown === bad && <td>{row.text || row.reason}</td>}
                  {shown === bad && <td className="dim">{row.next_step}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className={styles.under}>
        {rows.hasNextPage && (
          <Button size="small" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
            {t('moreRows', { n: number(found.length) })}
          </Button>
        )}
        {found.length > 0 && <CopyNumbers numbers={found.map((row) => row.order_no)} />}
      </div>
    </>
  )
}
