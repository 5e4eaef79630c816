import { Alert, Checkbox, Input, Select } from 'antd'
import { api } from '@/api/client'
import { EditModal } from '@/frame/edit-modal'
import { NotSaved } from '@/frame/not-saved'
import { toast } from '@/frame/toasts'
import { useMerge } from '@/frame/use-merge'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { useCarriers, useWarehouses } from '@/masters/options'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { Conflict } from './conflict'
import { editWords } from './edit-words'
import { changeOf, conflictsOf, draftOf, mergedOf, type Draft } from './edits'
import { readOrder, useOrderCommands } from './queries'
import styles from './order.module.css'

/** Our wishes above the platform's facts. If somebody was quicker, both versions are shown and merged by hand. */
export function EditDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const t = useWords(orderWords)
  const e = useWords(editWords)
  const f = useWords(frameWords)
  const warehouses = useWarehouses()
  const carriers = useCarriers()
  const { refresh } = useOrderCommands(order)
  const path = { order_id: Number(order.id) }
  const merge = useMerge<Draft, Order>({
    first: () => ({ base: order, draft: draftOf(order) }),
    save: ({ base, draft }) =>
      api.POST('/api/v1/orders/{order_id}/edits', {
        params: { path, header: { 'If-Match': `"v${base.version}"` } },
        body: changeOf(base, draft),
      }),
    onSaved: () => {
      toast(t('edited', { no: order.order_no }))
      refresh()
      onClose()
    },
    reread: () => readOrder(order.id),
    clashesOf: conflictsOf,
    mergedOf,
  })
  const { base, draft, theirs } = merge
  // Whoever has merged ends it by saving, were it theirs that he chose.
  const isUnchanged = !merge.isMerged && Object.keys(changeOf(base, draft)).length === 0
  const put = (change: Partial<Draft>) => {
    merge.setDraft((before) => ({ ...before, ...change }))
  }
  const select = (
    label: string,
    name: 'warehouse_code' | 'carrier_code',
    options: { value: string; label: string }[],
  ) => (
    <label className={styles.field}>
      <span>{label}</span>
      <Select
        showSearch
        allowClear
        optionFilterProp="label"
        aria-label={label}
        placeholder={t('anyWarehouse')}
        value={draft[name] ?? undefined}
        onChange={(value: string | undefined) => {
          put({ [name]: value ?? null })
        }}
        options={options}
      />
    </label>
  )
  return (
    <EditModal
      draft={draft}
      title={`${t('edit')} ${order.order_no}`}
      okText={f(theirs ? 'takeChosen' : 'save')}
      okButtonProps={{ loading: merge.isSaving, disabled: !theirs && isUnchanged }}
      onOk={theirs ? merge.take : merge.save}
      onClose={onClose}
      width={520}
    >
      {theirs ? (
        <Conflict base={base} mine={draft} theirs={theirs} kept={merge.kept} onKept={merge.setKept} />
      ) : (
        <div className={styles.fields}>
          {merge.isMerged && <Alert type="warning" showIcon title={e('mergedWithTheirs')} />}
          {select(t('wishedWarehouse'), 'warehouse_code', warehouses)}
          {select(t('wishedCarrier'), 'carrier_code', carriers)}
          <label className={styles.field}>
            <span>{t('remark')}</span>
            <Input.TextArea
              rows={2}
              maxLength={500}
              value={draft.remark}
              onChange={(event) => {
                put({ remark: event.target.value })
              }}
            />
          </label>
          <div className={styles.switches}>
            <Checkbox
              checked={draft.is_urgent}
              onChange={(event) => {
                put({ is_urgent: event.target.checked })
              }}
            >
              {t('urgent')}
            </Checkbox>
            <Checkbox
              checked={draft.is_alone}
              onChange={(event) => {
                put({ is_alone: event.target.checked })
              }}
            >
              {t('alone')}
            </Checkbox>
          </div>
        </div>
      )}
      <NotSaved problem={merge.problem} onAgain={merge.save} />
    </EditModal>
  )
}
