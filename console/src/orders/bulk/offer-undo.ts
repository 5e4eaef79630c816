import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { toast, toastProblem } from '@/frame/toasts'
import { number, realSecondsUntil } from '@/i18n/format'
import { say } from '@/i18n/words'
import { bulkWords } from './words'

export type Job = components['schemas']['JobView']

/** Whoever closes the dialog of a job may want it back a moment later: the toast offers what the dialog did. */
export function offerUndo(job: Job | undefined, onUndone: () => void): void {
  if (job?.state !== 'done' || job.done === 0) return
  const isLate = !job.can_undo_until || realSecondsUntil(job.can_undo_until) <= 0
  const text = `${say(bulkWords, job.action as 'hold')} · ${say(bulkWords, 'done', { done: number(job.done), failed: number(job.failed) })}`
  toast(text, isLate ? {} : { undo: () => void takeBack(job.id, onUndone) })
}

async function takeBack(id: string, onUndone: () => void): Promise<void> {
  try {
    given(await api.POST('/api/v1/jobs/{job_id}/undo', { params: { path: { job_id: Number(id) } } }))
    toast(say(bulkWords, 'undoing'), { kind: 'plain' })
    onUndone()
  } catch (thrown) {
    toastProblem(thrown)
  }
}
