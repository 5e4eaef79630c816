import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Modal } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { JobProgress } from '../bulk/job-progress'
import { RefusedTable } from '../bulk/refused-table'
import type { Target } from '../bulk/bulk-dialog'
import bulk from '../bulk/bulk.module.css'
import { PaperChoice } from './paper-choice'
import type { Format, Paper } from './print-papers'
import { printWords } from './words'

interface Props {
  target: Target
  onClose: (isDone: boolean) => void
}

/** Papers of any number of orders, drawn in the background: what will be printed and what not is said first, then the file waits. */
export function PrintMany({ target, onClose }: Props) {
  const t = useWords(printWords)
  const [paper, setPaper] = useState<Paper>('pick_list')
  const [format, setFormat] = useState<Format>('pdf')
  const [isAgain, setAgain] = useState(false)
  const [jobId, setJobId] = useState<string | null>(null)
  useKeys([], { isModal: true })
  const { count, ...chosen } = target
  const request = {
    action: 'print' as const,
    target: chosen,
    parameters: { kind: paper, format, again: isAgain } as never,
  }
  const dry = useQuery({
    queryKey: ['dry-run', request],
    queryFn: async () => given(await api.POST('/api/v1/jobs', { body: { ...request, is_dry_run: true } })),
    enabled: jobId === null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  })
  const run = useMutation({
    mutationFn: async () => given(await api.POST('/api/v1/jobs', { body: { ...request, is_dry_run: false } })),
    onSuccess: ({ job_id }) => {
      setJobId(job_id ?? null)
    },
  })
  const found = dry.data
  const before = found?.refused_by_reason?.find((one) => one.reason === 'already_printed')?.count ?? 0
  const close = () => {
    onClose(jobId !== null)
  }
  const title = t('title', { count: found?.total ?? count })
  if (jobId !== null)
    return (
      <Modal open title={title} footer={null} onCancel={close} width={640}>
        <JobProgress id={jobId} onClose={close} />
        <p className="dim">{t('later')}</p>
      </Modal>
    )
  const will = found?.will ?? 0
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      width={640}
      footer={
        <>
          <Button onClick={close}>{t('close')}</Button>
          <Button
            type="primary"
            danger={isAgain}
            disabled={will === 0 || dry.isFetching}
            loading={run.isPending}
            onClick={() => {
              run.mutate()
            }}
          >
            {found && will === 0 ? t('nothing') : t('printMany', { count: will })}
          </Button>
        </>
      }
    >
      <PaperChoice paper={paper} format={format} onPaper={setPaper} onFormat={setFormat} />
      {!found && dry.isFetching && <p className="dim">{t('checking')}</p>}
      {dry.isError && <ProblemView problem={dry.error} />}
      {run.isError && <ProblemView problem={run.error} />}
      {(before > 0 || isAgain) && (
        <Checkbox
          checked={isAgain}
          onChange={(event) => {
            setAgain(event.target.checked)
          }}
        >
          {isAgain ? t('alsoBefore') : t('alsoBeforeCount', { count: before })}
        </Checkbox>
      )}
      {found && (
        <>
          <div className={bulk.forecast} role="status">
            <div className={bulk.will}>{t('will', { count: found.will })}</div>
            {(found.refused_by_reason ?? []).map((one) => (
              <div key={one.reason} className={bulk.wont}>
                {one.text || one.reason}: {number(one.count)}
              </div>
            ))}
          </div>
          {found.refused_count > 0 && <RefusedTable refused={found.refused ?? []} count={found.refused_count} />}
        </>
      )}
    </Modal>
  )
}
