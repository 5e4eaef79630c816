import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { className, type Sku } from './products-page'
import { tally } from './results'
import { masterWords } from './words'
import styles from './masters.module.css'

const CLASSES = ['normal', 'fragile', 'fresh', 'dangerous', 'oversize']

/** The same change for many SKUs at once; what is left alone stays. */
export function BulkEdit({ skus, onClose }: { skus: readonly Sku[]; onClose: () => void }) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [goodsClass, setGoodsClass] = useState('')
  const [onSale, setOnSale] = useState('')
  const [category, setCategory] = useState('')
  useKeys([], { isModal: true })
  const change = {
    ...(goodsClass ? { goods_class: goodsClass } : {}),
    ...(onSale ? { is_on_sale: onSale === 'yes' } : {}),
    ...(category ? { category } : {}),
  }
  const save = useMutation({
    mutationFn: async () => {
      const rows = skus.map(({ id: _id, version: _version, parts: _parts, ...row }) => ({ ...row, ...change }))
      return given(await api.POST('/api/v1/catalog/skus', { body: { rows: rows as never } }))
    },
    onSuccess: (results) => {
      toast(t('bulkDone', tally(results)))
      void cache.invalidateQueries({ queryKey: ['skus'] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('bulkEdit', { count: skus.length })}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: save.isPending, disabled: Object.keys(change).length === 0 }}
      onOk={() => {
        save.mutate()
      }}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <label className={styles.field}>
          <span>{t('goodsClass')}</span>
          <Select
            aria-label={t('goodsClass')}
            value={goodsClass}
            onChange={setGoodsClass}
            options={[
              { value: '', label: t('keep') },
              ...CLASSES.map((value) => ({ value, label: className(value, t) })),
            ]}
          />
        </label>
        <label className={styles.field}>
          <span>{t('onSale')}</span>
          <Select
            aria-label={t('onSale')}
            value={onSale}
            onChange={setOnSale}
            options={[
              { value: '', label: t('keep') },
              { value: 'yes', label: f('yes') },
              { value: 'no', label: f('no') },
            ]}
          />
        </label>
        <label className={styles.field}>
          <span>{t('category')}</span>
          <Input
            placeholder={t('keep')}
            value={category}
            onChange={(event) => {
              setCategory(event.target.value)
            }}
          />
        </label>
      </div>
      {save.isError && <ProblemView problem={save.error} />}
    </Modal>
  )
}
