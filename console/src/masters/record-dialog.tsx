import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useState, type ReactNode } from 'react'
import { ApiProblem } from '@/api/problems'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { isComplete, type FormField, type Values } from './form-fields'
import { clashesOf, mergedOf } from './merging'
import { RecordConflict } from './record-conflict'
import { RecordForm } from './record-form'
import { refusalOf, type Results } from './results'
import { masterWords } from './words'

interface Props {
  title: string
  fields: readonly FormField[]
  first: Values
  isNew: boolean
  /** Parts of the query key whose lists change. */
  refresh: readonly (readonly unknown[])[]
  save: (values: Values) => Promise<Results | undefined>
  /** The record as it is now: when somebody was quicker, what he changed is merged in. Without it one must open the dialog again. */
  reread?: () => Promise<Values>
  onClose: () => void
  children?: ReactNode | ((values: Values) => ReactNode)
}

/** What is edited: upon which version, and for how many a time it was read anew. */
interface Draft {
  base: Values
  values: Values
  round: number
}

/** One record to make or to change; a refusal is shown where it was caused. */
export function RecordDialog({ title, fields, first, isNew, refresh, save, reread, onClose, children }: Props) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [draft, setDraft] = useState<Draft>({ base: first, values: first, round: 0 })
  const [theirs, setTheirs] = useState<Values | null>(null)
  const [isUnread, setUnread] = useState(false)
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set())
  const clashes = theirs ? clashesOf(fields, draft.base, draft.values, theirs) : []
  const take = (now: Values, keepMine: ReadonlySet<string>) => {
    // Of the draft as it is by then: one may have typed on while the record was read.
    setDraft(({ base, values, round }) => ({
      base: now,
      values: mergedOf(fields, base, values, now, keepMine),
      round: round + 1,
    }))
    setTheirs(null)
  }
  const saving = useMutation({
    mutationFn: async () => {
      const refusal = refusalOf(await save(draft.values))
      if (refusal) throw refusal
    },
    onSuccess: () => {
      toast(t('saved', { code: String(draft.values.code ?? title) }))
      for (const queryKey of refresh) void cache.invalidateQueries({ queryKey: [...queryKey] })
      onClose()
    },
    onError: async (error) => {
      if (!reread || !(error instanceof ApiProblem) || !error.isConflict) return
      const now = await reread().catch(() => null)
      setUnread(now === null)
      if (now === null) return
      const both = clashesOf(fields, draft.base, draft.values, now).map(({ name }) => name)
      if (both.length === 0) take(now, new Set())
      else {
        setKept(new Set(both))
        setTheirs(now)
      }
    },
  })
  // What was refused may have been stored in part: then even what was there before may be saved again.
  const isUnchanged =
    !isNew && !theirs && !saving.isError && JSON.stringify(draft.values) === JSON.stringify(draft.base)
  const isStale = saving.error instanceof ApiProblem && saving.error.isConflict
  return (
    <EditModal
      draft={draft.values}
      title={title}
      okText={theirs ? t('merge') : f('save')}
      okButtonProps={{ loading: saving.isPending, disabled: isUnchanged || !isComplete(fields, draft.values) }}
      onOk={() => {
        if (theirs) take(theirs, kept)
        else saving.mutate()
      }}
      onClose={onClose}
      width={720}
    >
      {theirs ? (
        <RecordConflict fields={clashes} mine={draft.values} theirs={theirs} kept={kept} onKept={setKept} />
      ) : (
        <>
          {draft.round > 0 && !saving.isPending && <Alert type="warning" showIcon title={t('mergedWithTheirs')} />}
          <RecordForm
            key={draft.round}
            fields={fields}
            values={draft.values}
            isNew={isNew}
            onValues={(values) => {
              setDraft((before) => ({ ...before, values }))
            }}
          />
          {typeof children === 'function' ? children(draft.values) : children}
        </>
      )}
      {isStale && (!reread || isUnread) && <p role="alert">{t('stale')}</p>}
      {saving.isError && !isStale && <ProblemView problem={saving.error} />}
    </EditModal>
  )
}
