import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Paper } from '@/orders/print/print-papers'
import { printWords } from '@/orders/print/words'
import styles from './prints.module.css'

const SHOWN_MAX = 6

/** My prints of many orders: how far those under way are, and the files that wait to be fetched. */
export function PrintFiles() {
  const t = useWords(printWords)
  const jobs = useQuery({
    queryKey: ['jobs', 'print'],
    queryFn: async () => given(await api.GET('/api/v1/jobs', { params: { query: { limit: 50 } } })).items,
  })
  useEvent('job', () => void jobs.refetch())
  const prints = (jobs.data ?? [])
    .filter((job) => job.action === 'print' && (job.has_file || job.state === 'running'))
    .slice(0, SHOWN_MAX)
  if (prints.length === 0) return null
  return (
    <ul className={styles.files} aria-label={t('jobs')}>
      {prints.map((job) => {
        const name = t('jobOf', {
          paper: t(((job.parameters as { kind?: Paper } | undefined)?.kind ?? 'pick_list') satisfies Paper),
          count: job.state === 'running' ? job.total : job.done,
        })
        return (
          <li key={job.id} className={styles.file}>
            {job.has_file ? (
              <a href={`/api/v1/jobs/${job.id}/file`} title={t('fetch')}>
                <DownloadOutlined aria-label={t('fetch')} /> {name}
              </a>
            ) : (
              <span>
                {name} · {t('jobRunning', { done: number(job.done), total: number(job.total) })}
              </span>
            )}
            <span className="dim">{instant(job.created_at)}</span>
          </li>
        )
      })}
    </ul>
  )
}
