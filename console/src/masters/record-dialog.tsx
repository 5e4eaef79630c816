import { useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import type { ReactNode } from 'react'
import { EditModal } from '@/frame/edit-modal'
import { NotSaved } from '@/frame/not-saved'
import { toast } from '@/frame/toasts'
import { useMerge } from '@/frame/use-merge'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { isComplete, takesOf, type FormField, type Values } from './form-fields'
import { clashesOf, isChanged, mergedOf } from './merging'
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
  /** The record as it is now: when somebody was quicker, what he changed is merged in. Of a new record there is none. */
  reread?: () => Promise<Values>
  onClose: () => void
  children?: ReactNode | ((values: Values) => ReactNode)
}

/** One record to make or to change; a refusal is shown where it was caused. */
export function RecordDialog({ title, fields, first, isNew, refresh, save, reread, onClose, children }: Props) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const merge = useMerge<Values, Values>({
    first: () => ({ base: first, draft: first }),
    save: async ({ draft }) => {
      const refusal = refusalOf(await save(draft))
      if (refusal) throw refusal
    },
    onSaved: (draft) => {
      toast(t('saved', { code: String(draft.code ?? title) }))
      for (const queryKey of refresh) void cache.invalidateQueries({ queryKey: [...queryKey] })
      onClose()
    },
    reread,
    clashesOf: (base, mine, now) => clashesOf(fields, base, mine, now).map(({ name }) => name),
    mergedOf: (base, mine, now, keepMine) => mergedOf(fields, base, mine, now, keepMine),
  })
  const { base, draft, theirs } = merge
  // What was refused may have been stored in part: then even what was there before may be saved again.
  const isUnchanged = !isNew && !theirs && !merge.hasFailed && !isChanged(fields, base, draft)
  const nameOf = (name: string) => fields.find((field) => field.name === name)?.label
  return (
    <EditModal
      draft={draft}
      title={title}
      okText={f(theirs ? 'takeChosen' : 'save')}
      okButtonProps={{ loading: merge.isSaving, disabled: isUnchanged || !isComplete(fields, draft) }}
      onOk={theirs ? merge.take : merge.save}
      onClose={onClose}
      width={720}
    >
      {theirs ? (
        <RecordConflict
          fields={clashesOf(fields, base, draft, theirs)}
          mine={draft}
          theirs={theirs}
          kept={merge.kept}
          onKept={merge.setKept}
        />
      ) : (
        <>
          {merge.isMerged && !merge.isSaving && <Alert type="warning" showIcon title={t('mergedWithTheirs')} />}
          <RecordForm
            fields={fields}
            values={draft}
            isNew={isNew}
            onValues={(values) => {
              merge.setDraft(() => values)
            }}
          />
          {typeof children === 'function' ? children(draft) : children}
        </>
      )}
      <NotSaved
        problem={merge.problem}
        onAgain={isComplete(fields, draft) ? merge.save : undefined}
        nameOf={nameOf}
        takes={takesOf(fields, t)}
      />
    </EditModal>
  )
}
