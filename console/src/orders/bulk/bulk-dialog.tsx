import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Modal } from 'antd'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EditModal } from '@/frame/edit-modal'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { firstValues, isReady, type Action, type Values } from './actions'
import { forceable } from './force-refused'
import { JobProgress } from './job-progress'
import { offerUndo, type Job } from './offer-undo'
import { ParameterForm } from './parameter-form'
import { ParcelsToBe } from './parcels-to-be'
import { ReasonCounts } from './reason-counts'
import { RefusedTable } from './refused-table'
import { bulkWords } from './words'
import styles from './bulk.module.css'

export interface Target {
  order_nos?: string[]
  filters?: string[]
  /** How many orders that is, as far as known. */
  count: number
}

type JobAction = components['schemas']['JobBody']['action']

interface Props {
  action: Action
  target: Target
  /** The columns of an export: those on the screen. */
  columns?: readonly string[]
  onClose: (isDone: boolean) => void
}

/** Parameters, what would happen (nothing is changed yet), then the work with its results. */
export function BulkDialog({ action, target, columns, onClose }: Props) {
  const t = useWords(bulkWords)
  const [values, setValues] = useState<Values>(() => firstValues(action, target.count))
  const [isForced, setForced] = useState(false)
  const [jobId, setJobId] = useState<string | null>(null)
  const cache = useQueryClient()
  const may = useMay()
  useKeys([], { isModal: true })
  const settled = useDeferredValue(values)
  const { count: _, ...chosen } = target
  const request = {
    action: (isForced ? 'release' : action.action) as JobAction,
    target: chosen,
    parameters: (action.action === 'export' ? { ...settled, columns } : settled) as never,
  }
  const ready = isReady(action, settled) && (!isForced || String(settled.note ?? '').trim() !== '')
  const dry = useQuery({
    queryKey: ['dry-run', request],
    queryFn: async () => given(await api.POST('/api/v1/jobs', { body: { ...request, is_dry_run: true } })),
    enabled: ready && jobId === null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    // What was known stays until the answer is there, else parts of the form come and go with each letter.
    placeholderData: keepPreviousData,
  })
  const run = useMutation({
    mutationFn: async () => given(await api.POST('/api/v1/jobs', { body: { ...request, is_dry_run: false } })),
    onSuccess: ({ job_id }) => {
      setJobId(job_id ?? null)
    },
  })
  const will = dry.data?.will ?? 0
  const canRun = ready && will > 0 && !dry.isPlaceholderData
  const main = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Nothing to fill in: Enter does it. Whoever is in a field stays there.
    if (canRun && document.activeElement?.matches('.ant-modal-close')) main.current?.focus()
  }, [canRun])
  const told = forceable(dry.data?.refused_by_reason)
  // Once forced the dry run speaks of the release: how many the audit alone refused is remembered.
  const [refusable, setRefusable] = useState(0)
  const isKnownBefore = isForced || (dry.isPlaceholderData && told === 0)
  const mayForce = may('force') && action.action === 'audit' ? (isKnownBefore ? refusable : told) : 0
  function leave(): void {
    offerUndo(cache.getQueryData<Job>(['job', jobId]), () => {
      for (const key of ['list', 'queues', 'count', 'order']) void cache.invalidateQueries({ queryKey: [key] })
    })
    onClose(true)
  }
  if (jobId !== null)
    return (
      <Modal open title={t(action.action)} footer={null} onCancel={leave} width={640}>
        <JobProgress id={jobId} onClose={leave} onJob={setJobId} />
      </Modal>
    )
  return (
    <EditModal
      draft={values}
      title={`${t(action.action)} · ${number(target.count)}`}
      onClose={() => {
        onClose(false)
      }}
      width={640}
      footer={
        <>
          <Button
            onClick={() => {
              onClose(false)
            }}
          >
            {t('close')}
          </Button>
          <Button
            ref={main}
            type="primary"
            danger={action.isDanger}
            disabled={!canRun}
            loading={run.isPending}
            onClick={() => {
              run.mutate()
            }}
          >
            {ready && will === 0 && dry.isSuccess
              ? t('nothing')
              : t('run', { total: number(ready ? will : target.count) })}
          </Button>
        </>
      }
    >
      {action.warning && <Alert type="warning" showIcon title={t(action.warning)} className={styles.warning} />}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (canRun) run.mutate()
        }}
      >
        <ParameterForm
          names={action.parameters}
          values={values}
          orderNo={target.count === 1 ? target.order_nos?.[0] : undefined}
          onValues={setValues}
        />
        <button type="submit" hidden />
      </form>
      {mayForce > 0 && (
        <Checkbox
          checked={isForced}
          className={styles.warning}
          onChange={(event) => {
            setRefusable(mayForce)
            setForced(event.target.checked)
          }}
        >
          {t('forceToo', { total: number(mayForce) })}
        </Checkbox>
      )}
      {isForced && !ready && <p className={styles.wont}>{t('forceNeedsNote')}</p>}
      {!ready && !isForced && <p className="dim">{t('fillIn')}</p>}
      {dry.isFetching && <p className="dim">{t('checking')}</p>}
      {dry.isError && <ProblemView problem={dry.error} />}
      {run.isError && <ProblemView problem={run.error} />}
      {dry.data && ready && (
        <>
          <div className={styles.forecast} role="status">
            <div className={styles.will}>{t('will', { count: dry.data.will })}</div>
            <div className={dry.data.refused_count > 0 ? styles.wont : 'dim'}>
              {t('wont', { count: dry.data.refused_count })}
            </div>
          </div>
          {(dry.data.parcels ?? []).length > 0 && <ParcelsToBe parcels={dry.data.parcels ?? []} />}
          <ReasonCounts counts={dry.data.refused_by_reason} />
          {dry.data.refused_count > 0 && <RefusedTable refused={dry.data.refused} count={dry.data.refused_count} />}
        </>
      )}
    </EditModal>
  )
}
