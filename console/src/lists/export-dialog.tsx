import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Modal, Progress } from 'antd'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toastProblem } from '@/frame/toasts'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { exportWords } from './export-words'
import styles from './export.module.css'

const POLL_MS = 400
const DOWNLOAD_ID = 'export-download'
const IMPORTED: ReadonlySet<string> = new Set([
  'products',
  'bundles',
  'listings',
  'shops',
  'warehouses',
  'carriers',
  'freight',
])

interface Props {
  id: string
  list: string
  onClose: () => void
}

/** How far the file is, then the file. Enter fetches it, Escape closes; the work goes on without us. */
export default function ExportDialog({ id, list, onClose }: Props) {
  const t = useWords(exportWords)
  useKeys([], { isModal: true })
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: async () => given(await api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: Number(id) } } })),
    refetchInterval: (query) => (query.state.data?.state === 'done' ? false : POLL_MS),
  })
  useEvent('job', () => void job.refetch())
  const again = useMutation({
    mutationFn: () => api.POST('/api/v1/jobs/{job_id}/retries', { params: { path: { job_id: Number(id) } } }),
    onSuccess: () => void job.refetch(),
    onError: toastProblem,
  })
  const isOver = job.data?.state === 'done'
  const isReady = isOver && job.data?.has_file === true
  const isFailed = isOver && !isReady
  useEffect(() => {
    if (isReady) document.getElementById(DOWNLOAD_ID)?.focus()
  }, [isReady])
  // The dialog takes the focus when it has opened, which may be after the file is ready.
  const onOpened = () => document.getElementById(DOWNLOAD_ID)?.focus()
  const { total = 0, done = 0 } = job.data ?? {}
  const status = isReady
    ? total === 0
      ? t('empty')
      : t('ready', { count: total })
    : t('running', { count: total, done: number(done), total: number(total) })
  return (
    <Modal open title={t('title')} footer={null} onCancel={onClose} afterOpenChange={onOpened} width={460}>
      <div className={styles.dialog}>
        <Progress
          percent={isReady ? 100 : total === 0 ? 0 : Math.floor((done / total) * 100)}
          status={isReady ? 'success' : isFailed ? 'exception' : 'active'}
          aria-label={status}
        />
        {isFailed ? <Alert type="error" showIcon title={t('failed')} /> : <p role="status">{status}</p>}
        {!isOver && <p className="dim">{t('background')}</p>}
        {isReady && IMPORTED.has(list) && (
          <p className="dim">
            {t('again')} <Link to={`/imports?kind=${list}`}>{t('toImport')}</Link>
          </p>
        )}
        {job.isError && <ProblemView problem={job.error} onAgain={() => void job.refetch()} />}
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t('close')}</Button>
          {isFailed && (
            <Button
              loading={again.isPending}
              onClick={() => {
                again.mutate()
              }}
            >
              {t('retry')}
            </Button>
          )}
          {isReady && (
            <Button id={DOWNLOAD_ID} type="primary" href={`/api/v1/jobs/${id}/file`}>
              {t('download')}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}
