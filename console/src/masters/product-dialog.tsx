import { useRef } from 'react'
import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import type { FormField, Values } from './form-fields'
import { partsToSave, readParts, writeParts } from './parts'
import { className, kindName, type Sku } from './sku-names'
import { RecordDialog } from './record-dialog'
import { newRow, refusalOf, type Results } from './results'
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
    { name: 'name', label: t('name'), kind: 'text', isRequired: true, isLong: true },
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
    { name: 'product_name', label: t('productName'), kind: 'text', isLong: true },
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
  const stored = useRef<Stored>({ id: sku.id, version: sku.version })
  return (
    <RecordDialog
      title={isNew ? t('newOne') : (sku.code ?? '')}
      fields={fields}
      first={formOf(sku)}
      isNew={isNew}
      refresh={[['skus']]}
      save={(values) => save(stored.current, values)}
      reread={async () => {
        const path = { record_id: Number(stored.current.id) }
        const now = given(await api.GET('/api/v1/catalog/skus/{record_id}', { params: { path } }))
        stored.current.version = now.version
        return formOf(now)
      }}
      onClose={onClose}
    />
  )
}

const formOf = (sku: Partial<Sku>): Values => ({
  weight_g: 0,
  volume_cm3: 0,
  ...sku,
  parts_text: writeParts(sku.parts ?? []),
})

/** What the server has of it: nothing yet, or a record in a version. */
type Stored = Partial<Pick<Sku, 'id' | 'version'>>

/** The SKU, then its parts. Each names the version it was made upon: a code that is taken, and whatever moved meanwhile, is refused. */
async function save(stored: Stored, values: Values): Promise<Results | undefined> {
  const {
    id: _id,
    version: _version,
    parts,
    parts_text: partsText,
    ...row
  } = values as Partial<Sku> & {
    parts_text: string
  }
  if (stored.id === undefined) {
    const results = await make(row)
    if (refusalOf(results)) return results
    Object.assign(stored, { id: results.results[0]?.id, version: results.results[0]?.version })
  } else {
    const changed = await api.PUT('/api/v1/catalog/skus/{record_id}', { params: named(stored), body: row as never })
    stored.version = given(changed).version
  }
  const isBundle = row.kind === 'bundle' && readParts(partsText).length > 0
  if (!isBundle || writeParts(parts ?? []) === partsText) return undefined
  const body = { code: row.code ?? '', parts: partsToSave(partsText, parts ?? []) }
  const bundle = await api.PUT('/api/v1/catalog/bundles/{record_id}', { params: named(stored), body })
  stored.version = given(bundle).version
  return undefined
}

const named = ({ id, version }: Stored) => ({
  path: { record_id: Number(id) },
  header: { 'If-Match': `"v${version}"` },
})

async function make(row: Partial<Sku>): Promise<Results> {
  return given(await api.POST('/api/v1/catalog/skus', { body: newRow(row) }))
}
