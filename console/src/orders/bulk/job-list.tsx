import { useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import { useKeys } from '@/frame/keys'
import { troubleOf } from '@/frame/use-reading'
import { instant, number } from '@/i18n/format'
import { useWords, type Say } from '@/i18n/words'
import { JobProgress } from './job-progress'
import type { Job } from './offer-undo'
import { bulkWords } from './words'
import styles from './bulk.module.css'

const SHOWN = 30

type BulkSay = Say<(typeof bulkWords)['keys'][number]>

/** The newest jobs; one that is chosen tells how far it is. */
export function JobList({ onChanged }: { onChanged: () => void }) {
  const t = useWords(bulkWords)
  const [shown, setShown] = useState<Job | null>(null)
  useKeys([], { isModal: true })
  const jobs = useQuery({
    queryKey: ['jobs', 'recent'],
    queryFn: async () => given(await api.GET('/api/v1/jobs', { params: { query: { limit: SHOWN } } })).items,
    staleTime: 0,
  })
  useEvent('job', () => void jobs.refetch())
  const trouble = troubleOf(jobs)
  if (!jobs.data && trouble) return trouble
  if (jobs.data?.length === 0) return <p className="dim">{t('noJobs')}</p>
  return (
    <>
      {trouble}
      <ul className={styles.jobs}>
        {jobs.data?.map((job) => (
          <li key={job.id}>
            <button
              type="button"
              onClick={() => {
                setShown(job)
              }}
            >
              <strong>{t(job.action as 'hold' | 'export_list')}</strong>
              <span>{toldOf(job, t)}</span>
              <span className="dim">{instant(job.created_at)}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown && (
        <Modal
          open
          title={`${t(shown.action as 'hold' | 'export_list')} · ${instant(shown.created_at)}`}
          footer={null}
          width={640}
          onCancel={() => {
            setShown(null)
          }}
        >
          <JobProgress
            id={shown.id}
            onClose={() => {
              setShown(null)
              void jobs.refetch()
              onChanged()
            }}
          />
        </Modal>
      )}
    </>
  )
}

function toldOf({ state, total, done, failed, undone }: Job, t: BulkSay): string {
  if (state === 'undone') return t('undone', { count: undone })
  if (state === 'undoing') return t('undoing')
  if (state === 'done') return t('done', { done: number(done), failed: number(failed) })
  return t('running', { done: number(done), total: number(total) })
}
