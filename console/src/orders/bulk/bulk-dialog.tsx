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
import { useSkus } from '@/masters/use-skus'
import { firstValues, isReady, type Action, type Values } from './actions'
import { forceable } from './force-refused'
import { JobProgress } from './job-progress'
import { offerUndo, whenOver, type Job } from './offer-undo'
import { ParameterForm } from './parameter-form'
import { ParcelsToBe } from './parcels-to-be'
import { ReasonCounts } from './reason-counts'
import { RefusedTable, type Refused } from './refused-table'
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
  const gift = useSkus(action.parameters.includes('sku') ? String(settled.sku ?? '') : '')
  const isWhole = !action.parameters.includes('sku') || gift.isWhole
  const ready = isReady(action, settled) && isWhole && (!isForced || String(settled.note ?? '').trim() !== '')
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
  // Of one order nobody wants to close a second dialog: done, and it is a toast; refused, and the dry run says why.
  const single = target.order_nos?.length === 1 && action.action !== 'export' ? target.order_nos[0] : undefined
  const run = useMutation({
    mutationFn: async () => {
      const { job_id } = given(await api.POST('/api/v1/jobs', { body: { ...request, is_dry_run: false } }))
      return { id: job_id ?? null, ended: single && job_id ? await whenOver(job_id) : undefined }
    },
    onSuccess: ({ id, ended }) => {
      if (!ended) setJobId(id)
      else if (ended.failed === 0) leave(ended)
      else void dry.refetch()
    },
  })
  const will = dry.data?.will ?? 0
  // How many it will be is known when the dry run has told it, not before: some of the chosen are refused.
  const isTold = ready && dry.isSuccess && !dry.isPlaceholderData
  const canRun = isTold && will > 0
  // Whoever types and presses Enter at once doesn't wait for the dry run of one order: it is done as soon as it may be.
  const isAwaited = useRef(false)
  const { mutate: runNow, isPending: isRunning } = run
  useEffect(() => {
    if (!canRun || !isAwaited.current || isRunning) return
    isAwaited.current = false
    runNow()
  }, [canRun, isRunning, runNow])
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
  function leave(job: Job | undefined): void {
    const refresh = () => {
      for (const key of ['list', 'queues', 'count', 'order']) void cache.invalidateQueries({ queryKey: [key] })
    }
    offerUndo(job, refresh, single)
    onClose(true)
  }
  const close = () => {
    leave(cache.getQueryData<Job>(['job', jobId]))
  }
  if (jobId !== null)
    return (
      <Modal open title={t(action.action)} footer={null} onCancel={close} width={640}>
        <JobProgress id={jobId} onClose={close} onJob={setJobId} />
      </Modal>
    )
  return (
    <EditModal
      draft={values}
      title={`${t(action.action)} · ${single ?? number(target.count)}`}
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
            {single
              ? t(action.action)
              : !isTold
                ? t('runThem')
                : will === 0
                  ? t('nothing')
                  : t('run', { total: number(will) })}
          </Button>
        </>
      }
    >
      {action.warning && <Alert type="warning" showIcon title={t(action.warning)} className={styles.warning} />}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (canRun && !run.isPending) run.mutate()
          else isAwaited.current = single !== undefined && isReady(action, values)
        }}
      >
        <ParameterForm
          names={action.parameters}
          values={values}
          orderNo={target.count === 1 ? target.order_nos?.[0] : undefined}
          onValues={(changed) => {
            isAwaited.current = false
            setValues(changed)
          }}
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
          {single ? <OneForecast refused={dry.data.refused[0]} /> : <Forecast answer={dry.data} />}
          {(dry.data.parcels ?? []).length > 0 && <ParcelsToBe parcels={dry.data.parcels ?? []} />}
        </>
      )}
    </EditModal>
  )
}

/** Of many: how many it would be done to, and which not, by reason and one by one. */
function Forecast({ answer }: { answer: components['schemas']['JobAnswer'] }) {
  const t = useWords(bulkWords)
  return (
    <>
      <div className={styles.forecast} role="status">
        <div className={styles.will}>{t('will', { count: answer.will })}</div>
        <div className={answer.refused_count > 0 ? styles.wont : 'dim'}>
          {t('wont', { count: answer.refused_count })}
        </div>
      </div>
      <ReasonCounts counts={answer.refused_by_reason} />
      {answer.refused_count > 0 && <RefusedTable refused={answer.refused} count={answer.refused_count} />}
    </>
  )
}

/** Of one: that it can be done, or why not and what to do next. */
function OneForecast({ refused }: { refused: Refused | undefined }) {
  const t = useWords(bulkWords)
  return (
    <div className={styles.warning} role="status">
      {refused ? (
        <Alert type="warning" showIcon title={refused.text || refused.reason} description={refused.next_step} />
      ) : (
        <span className={styles.will}>{t('canBeDone')}</span>
      )}
    </div>
  )
}
