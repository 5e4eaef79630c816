import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useEffect, useState } from 'react'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { ProblemView } from '@/frame/problem-view'
import { toastProblem } from '@/frame/toasts'
import { duration, number, realSecondsUntil } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { ForceRefused } from './force-refused'
import { JobRows } from './job-rows'
import { RefusedTable } from './refused-table'
import { bulkWords } from './words'
import styles from './bulk.module.css'

const POLL_MS = 400
const OVER = new Set(['done', 'undone'])
/** What comes of these is a file: their orders stay as they are. */
const FILES = new Set(['export', 'export_list', 'print'])

interface Props {
  id: string
  onClose: () => void
  /** Another job has followed this one. */
  onJob?: (id: string) => void
}

/** A running job, then what came of it: results, another try, force, undo. */
export function JobProgress({ id: first, onClose, onJob }: Props) {
  const t = useWords(bulkWords)
  const [id, setId] = useState(first)
  const path = { params: { path: { job_id: Number(id) } } }
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: async () => given(await api.GET('/api/v1/jobs/{job_id}', path)),
    refetchInterval: (query) => (OVER.has(query.state.data?.state ?? '') ? false : POLL_MS),
  })
  useEvent('job', () => void job.refetch())
  const retry = useMutation({
    mutationFn: () => api.POST('/api/v1/jobs/{job_id}/retries', path),
    onSuccess: () => void job.refetch(),
    onError: toastProblem,
  })
  const undo = useMutation({
    mutationFn: () => api.POST('/api/v1/jobs/{job_id}/undo', path),
    onSuccess: () => void job.refetch(),
    onError: toastProblem,
  })
  const isOver = OVER.has(job.data?.state ?? '')
  const isClean = isOver && job.data?.failed === 0
  useEffect(() => {
    if (isClean) document.getElementById('job-close')?.focus()
  }, [isClean])
  if (job.isError) return <ProblemView problem={job.error} onAgain={() => void job.refetch()} />
  if (!job.data) return <Progress percent={0} status="active" />
  const { action, total, done, failed, undone, refused, state, can_undo_until: until } = job.data
  const percent = total === 0 ? 100 : Math.round(((done + failed) / total) * 100)
  const left = until ? realSecondsUntil(until) : 0
  return (
    <div className={styles.progress}>
      <Progress
        percent={isOver ? 100 : percent}
        status={isOver ? 'success' : 'active'}
        aria-label={t('running', { done: number(done), total: number(total) })}
      />
      <p role="status">
        {state === 'undone'
          ? t('undone', { count: undone })
          : state === 'undoing'
            ? t('undoing')
            : isOver
              ? t('done', { done: number(done), failed: number(failed) })
              : t('running', { done: number(done), total: number(total) })}
      </p>
      {failed > 0 && (!isOver || FILES.has(action)) && <RefusedTable refused={refused} count={failed} />}
      {isOver && total > 0 && !FILES.has(action) && <JobRows key={`${id} ${state}`} job={job.data} />}
      {isOver && (
        <ForceRefused
          key={`force ${id}`}
          job={job.data}
          onJob={(next) => {
            setId(next)
            onJob?.(next)
          }}
        />
      )}
      <div className={styles.actions}>
        {isOver && job.data.has_file && (
          <Button type="primary" href={`/api/v1/jobs/${id}/file`}>
            {t('download')}
          </Button>
        )}
        {isOver && failed > 0 && action !== 'print' && (
          <Button
            loading={retry.isPending}
            onClick={() => {
              retry.mutate()
            }}
          >
            {t('retry', { count: failed })}
          </Button>
        )}
        {isOver && state === 'done' && left > 0 && (
          <Button
            loading={undo.isPending}
            onClick={() => {
              undo.mutate()
            }}
          >
            {t('undo', { time: duration(left) })}
          </Button>
        )}
        <Button id="job-close" type={isOver && !job.data.has_file ? 'primary' : 'default'} onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </div>
  )
}
