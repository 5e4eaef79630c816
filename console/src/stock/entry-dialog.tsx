import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { useWarehouses } from '@/masters/options'
import { readParts } from '@/masters/parts'
import form from '@/orders/order/order.module.css'
import { stockWords } from './words'

/** Goods that will arrive: the warehouse is told, and confirms what came. */
export function EntryDialog({ onClose }: { onClose: () => void }) {
  const t = useWords(stockWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const warehouses = useWarehouses()
  const [warehouse, setWarehouse] = useState('')
  const [reference, setReference] = useState('')
  const [expected, setExpected] = useState('')
  const [text, setText] = useState('')
  const lines = readParts(text).map(({ code, quantity }) => ({ sku_code: code, quantity }))
  const save = useMutation({
    mutationFn: async () =>
      given(
        await api.POST('/api/v1/documents/entries', {
          body: {
            warehouse_code: warehouse,
            lines,
            reference,
            expected_at: expected ? new Date(expected).toISOString() : null,
          },
        }),
      ),
    onSuccess: ({ no }) => {
      toast(t('announced', { no }))
      void cache.invalidateQueries({ queryKey: ['documents'] })
      onClose()
    },
  })
  return (
    <EditModal
      draft={[warehouse, reference, expected, text]}
      title={t('newEntry')}
      okText={f('save')}
      okButtonProps={{ loading: save.isPending, disabled: !warehouse || lines.length === 0 }}
      onOk={() => {
        save.mutate()
      }}
      onClose={onClose}
    >
      <div className={form.fields}>
        <label className={form.field}>
          <span>{t('warehouse')}</span>
          <Select
            showSearch
            optionFilterProp="label"
            aria-label={t('warehouse')}
            value={warehouse || undefined}
            onChange={setWarehouse}
            options={warehouses}
          />
        </label>
        <label className={form.field}>
          <span>{t('reference')}</span>
          <Input
            maxLength={64}
            value={reference}
            onChange={(event) => {
              setReference(event.target.value)
            }}
          />
        </label>
        <label className={form.field}>
          <span>{t('expectedAt')}</span>
          <Input
            type="datetime-local"
            value={expected}
            onChange={(event) => {
              setExpected(event.target.value)
            }}
          />
        </label>
        <label className={form.field}>
          <span>{t('lines')}</span>
          <Input.TextArea
            rows={6}
            placeholder={t('linesHint')}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
            }}
          />
        </label>
      </div>
      {save.isError && <ProblemView problem={save.error} />}
    </EditModal>
  )
}
