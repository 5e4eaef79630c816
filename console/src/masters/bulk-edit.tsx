import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Input, Select } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { className, type Sku } from './sku-names'
import { tally, whyRefused, type Results } from './results'
import { masterWords } from './words'
import styles from './masters.module.css'

const CLASSES = ['normal', 'fragile', 'fresh', 'dangerous', 'oversize']

/** A SKU that was not changed: why, and as it is now. */
interface Refused {
  sku: Sku
  text: string
}

/** The same change for many SKUs at once; what is left alone stays. What somebody else changed meanwhile is shown as it is now, to be decided anew. */
export function BulkEdit({ skus, onClose }: { skus: readonly Sku[]; onClose: () => void }) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [goodsClass, setGoodsClass] = useState('')
  const [onSale, setOnSale] = useState('')
  const [category, setCategory] = useState('')
  const [refused, setRefused] = useState<readonly Refused[]>([])
  const rows = refused.length > 0 ? refused.map(({ sku }) => sku) : skus
  const change = {
    ...(goodsClass ? { goods_class: goodsClass } : {}),
    ...(onSale ? { is_on_sale: onSale === 'yes' } : {}),
    ...(category ? { category } : {}),
  }
  const save = useMutation({
    mutationFn: async () => {
      const results = given(await api.POST('/api/v1/catalog/skus', { body: bodyOf(rows, change) as never }))
      return { results, left: await refusedOf(rows, results, f) }
    },
    onSuccess: ({ results, left }) => {
      if (left.length < rows.length) toast(t('bulkDone', tally(results)))
      void cache.invalidateQueries({ queryKey: ['skus'] })
      setRefused(left)
      if (left.length === 0) onClose()
    },
  })
  return (
    <EditModal
      draft={change}
      title={t('bulkEdit', { count: rows.length })}
      okText={refused.length > 0 ? t('bulkAgain', { count: rows.length }) : f('save')}
      okButtonProps={{ loading: save.isPending, disabled: Object.keys(change).length === 0 }}
      onOk={() => {
        save.mutate()
      }}
      onClose={onClose}
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
      {refused.length > 0 && <NotChanged refused={refused} />}
      {save.isError && <ProblemView problem={save.error} />}
    </EditModal>
  )
}

function NotChanged({ refused }: { refused: readonly Refused[] }) {
  const t = useWords(masterWords)
  const now = (sku: Sku) => [
    sku.name,
    className(sku.goods_class ?? '', t),
    t(sku.is_on_sale === false ? 'offSale' : 'onSale'),
    sku.category ?? '',
  ]
  return (
    <Alert
      type="warning"
      showIcon
      title={t('bulkRefused', { count: refused.length })}
      style={{ marginTop: 16 }}
      description={
        <ul className={styles.refused}>
          {refused.map(({ sku, text }) => (
            <li key={sku.id}>
              <span>
                <strong>{sku.code}</strong> {text}
              </span>
              <span className="dim">{t('asItIsNow', { now: now(sku).filter(Boolean).join(' · ') })}</span>
            </li>
          ))}
        </ul>
      }
    />
  )
}

/** Each SKU whole with the change, and the version in which it was read. */
function bodyOf(skus: readonly Sku[], change: object) {
  const rows = skus.map(({ id: _id, version: _version, parts: _parts, ...row }) => ({ ...row, ...change }))
  return { rows, versions: Object.fromEntries(skus.map(({ code, version }) => [code, version])) }
}

/** The refused rows, each read anew. */
async function refusedOf(
  skus: readonly Sku[],
  { results }: Results,
  f: Parameters<typeof whyRefused>[1],
): Promise<Refused[]> {
  const left = results.flatMap((result, n) => {
    const sku = skus[n]
    return result.effect === 'refused' && sku ? [{ sku, text: whyRefused(result.errors, f) }] : []
  })
  return Promise.all(
    left.map(async ({ sku, text }) => {
      const params = { path: { record_id: Number(sku.id) } }
      return { sku: given(await api.GET('/api/v1/catalog/skus/{record_id}', { params })), text }
    }),
  )
}
