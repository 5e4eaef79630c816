import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import type { FormField, Values } from './form-fields'
import { readParts, writeParts } from './parts'
import { className, kindName, type Sku } from './products-page'
import { RecordDialog } from './record-dialog'
import { refusalOf, type Results } from './results'
import { masterWords } from './words'

const KINDS = ['goods', 'bundle', 'service']
const CLASSES = ['normal', 'fragile', 'fresh', 'dangerous', 'oversize']
export function ProductDialog({ sku, onClose }: { sku: Partial<Sku>; onClose: () => void }) {
  const t = useWords(masterWords)
  const isNew = sku.id === undefined
  const fields: FormField[] = [
    {
      name: 'code',
      label: t('code'),
      kind: 'text',
      isRequired: true,
      isFixed: true,
      hint: isNew ? t('fixedCode') : undefined,
    },
    { name: 'name', label: t('name'), kind: 'text', isRequired: true },
    {
      name: 'kind',
      label: t('kind'),
      kind: 'select',
      isRequired: true,
      options: KINDS.map((value) => ({ value, label: kindName(value, t) })),
    },
    {
      name: 'goods_class',
      label: t('goodsClass'),
      kind: 'select',
      isRequired: true,
      options: CLASSES.map((value) => ({ value, label: className(value, t) })),
    },
    { name: 'product_code', label: t('productCode'), kind: 'text' },
    { name: 'product_name', label: t('productName'), kind: 'text' },
    { name: 'brand', label: t('brand'), kind: 'text' },
    { name: 'category', label: t('category'), kind: 'text' },
    { name: 'weight_g', label: t('weight'), kind: 'number' },
    { name: 'volume_cm3', label: t('volume'), kind: 'number' },
    { name: 'is_on_sale', label: t('onSale'), kind: 'flag' },
    { name: 'barcodes', label: t('barcodes'), kind: 'tags' },
    {
      name: 'parts_text',
      label: t('parts'),
      kind: 'area',
      hint: t('partsHint'),
      isShown: (values) => values.kind === 'bundle',
    },
  ]
  const partsText = writeParts(sku.parts ?? [])
  return (
    <RecordDialog
      title={isNew ? t('newOne') : (sku.code ?? '')}
      fields={fields}
      first={{ weight_g: 0, volume_cm3: 0, ...sku, parts_text: partsText }}
      isNew={isNew}
      refresh={[['skus']]}
      save={(values) => save(sku, values)}
      onClose={onClose}
    />
  )
}

async function save(sku: Partial<Sku>, values: Values): Promise<Results | undefined> {
  const { id, version, parts, parts_text: partsText, ...row } = values as Values & Partial<Sku> & { parts_text: string }
  let results: Results | undefined
  if (sku.id === undefined) results = given(await api.POST('/api/v1/catalog/skus', { body: { rows: [row as never] } }))
  else
    await api.PUT('/api/v1/catalog/skus/{record_id}', {
      params: { path: { record_id: Number(id) }, header: { 'If-Match': `"v${version}"` } },
      body: row as never,
    })
  const hasParts = row.kind === 'bundle' && partsText.trim() !== '' && readParts(partsText).length > 0
  if (!hasParts || refusalOf(results) || writeParts(parts ?? []) === partsText) return results
  return given(
    await api.POST('/api/v1/catalog/bundles', {
      body: { rows: [{ code: row.code ?? '', parts: readParts(partsText) }] },
    }),
  )
}
