import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { toast, toastProblem } from '@/frame/toasts'
import { number, realSecondsUntil } from '@/i18n/format'
import { say } from '@/i18n/words'
import { bulkWords } from './words'

export type Job = components['schemas']['JobView']

const POLL_MS = 200
const POLLS_MAX = 600
const OVER = new Set(['done', 'undone'])

/** A job when it is over; one that takes longer than two minutes as it is by then. */
export async function whenOver(id: string): Promise<Job> {
  for (let poll = 1; ; poll++) {
    const job: Job = given(await api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: Number(id) } } }))
    if (OVER.has(job.state) || poll === POLLS_MAX) return job
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Whoever closes the dialog of a job may want it back a moment later: the toast offers what the dialog did. `orderNo`: it was about this one. */
export function offerUndo(job: Job | undefined, onUndone: () => void, orderNo?: string): void {
  if (job?.state !== 'done' || job.done === 0) return
  const isLate = !job.can_undo_until || realSecondsUntil(job.can_undo_until) <= 0
  const action = say(bulkWords, job.action as 'hold')
  const text =
    orderNo === undefined
      ? `${action} · ${say(bulkWords, 'done', { done: number(job.done), failed: number(job.failed) })}`
      : say(bulkWords, 'doneOne', { action, no: orderNo })
  toast(text, isLate ? {} : { undo: () => void takeBack(job, onUndone) })
}

/** Undo it and tell what came of it: how many are as they were, and why others are not. */
async function takeBack({ id, action }: Job, onUndone: () => void): Promise<void> {
  const said = (what: 'undone' | 'notUndone', count: number) =>
    `${say(bulkWords, action as 'hold')} · ${say(bulkWords, what, { count })}`
  try {
    given(await api.POST('/api/v1/jobs/{job_id}/undo', { params: { path: { job_id: Number(id) } } }))
    const job = await whenOver(id)
    onUndone()
    if (job.undone > 0) toast(said('undone', job.undone))
    const stays = job.done - job.undone
    const why = [...new Set(job.refused.map((row) => [row.text, row.next_step].filter(Boolean).join(' · ')))].join('; ')
    if (stays > 0) toast(said('notUndone', stays), { kind: 'bad', more: why })
  } catch (thrown) {
    toastProblem(thrown)
  }
}
