import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState, type ReactNode } from 'react'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { isComplete, type FormField, type Values } from './form-fields'
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
  onClose: () => void
  children?: ReactNode
}

/** One record to make or to change; a refusal is shown where it was caused. */
export function RecordDialog({ title, fields, first, isNew, refresh, save, onClose, children }: Props) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [values, setValues] = useState<Values>(first)
  useKeys([], { isModal: true })
  const saving = useMutation({
    mutationFn: async () => {
      const refusal = refusalOf(await save(values))
      if (refusal) throw refusal
    },
    onSuccess: () => {
      toast(t('saved', { code: String(values.code ?? title) }))
      for (const queryKey of refresh) void cache.invalidateQueries({ queryKey: [...queryKey] })
      onClose()
    },
  })
  const isStale = saving.error instanceof ApiProblem && saving.error.isConflict
  return (
    <Modal
      open
      title={title}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: saving.isPending, disabled: !isComplete(fields, values) }}
      onOk={() => {
        saving.mutate()
      }}
      onCancel={onClose}
      width={720}
    >
      <RecordForm fields={fields} values={values} isNew={isNew} onValues={setValues} />
      {children}
      {isStale && <p role="alert">{t('stale')}</p>}
      {saving.isError && !isStale && <ProblemView problem={saving.error} />}
    </Modal>
  )
}
