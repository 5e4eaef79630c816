import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { toastProblem } from '@/frame/toasts'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Job } from './offer-undo'
import { bulkWords } from './words'
import styles from './bulk.module.css'

/** Orders that may be released against what refused them. */
export const forceable = (counts: Job['refused_by_reason'] | undefined): number =>
  (counts ?? []).reduce((sum, one) => sum + (one.is_forceable ? one.count : 0), 0)

/** Who has the right releases what an audit has refused, and says why: a job of its own. */
export function ForceRefused({ job, onJob }: { job: Job; onJob: (id: string) => void }) {
  const t = useWords(bulkWords)
  const may = useMay()
  const [note, setNote] = useState('')
  const force = useMutation({
    mutationFn: async () =>
      given(
        await api.POST('/api/v1/jobs/{job_id}/forcings', {
          params: { path: { job_id: Number(job.id) } },
          body: { note: note.trim() },
        }),
      ),
    onSuccess: ({ job_id }) => {
      if (job_id) onJob(job_id)
    },
    onError: toastProblem,
  })
  const count = forceable(job.refused_by_reason)
  if (!may('force') || count === 0 || job.action !== 'audit' || job.state !== 'done') return null
  return (
    <form
      className={styles.force}
      onSubmit={(event) => {
        event.preventDefault()
        if (note.trim()) force.mutate()
      }}
    >
      <Input
        aria-label={t('forceWhy')}
        placeholder={t('forceWhy')}
        maxLength={500}
        value={note}
        onChange={(event) => {
          setNote(event.target.value)
        }}
      />
      <Button danger htmlType="submit" disabled={!note.trim()} loading={force.isPending}>
        {t('forceThem', { total: number(count) })}
      </Button>
    </form>
  )
}
