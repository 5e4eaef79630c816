import { AutoComplete } from 'antd'
import { useWords } from '@/i18n/words'
import { useSkus } from '@/masters/use-skus'
import { bulkWords } from '../bulk/words'

interface Props {
  label: string
  value: string
  onValue: (code: string) => void
  autoFocus?: boolean
}

/** A SKU by its code; while one types, those whose code, barcode or name has the text are offered, of however many there are. */
export function SkuInput({ label, value, onValue, autoFocus = false }: Props) {
  const t = useWords(bulkWords)
  const { found, isUnknown } = useSkus(value)
  return (
    <div style={{ width: '100%' }}>
      <AutoComplete
        aria-label={label}
        autoFocus={autoFocus}
        value={value}
        onChange={onValue}
        options={found.map((sku) => ({ value: sku.code, label: `${sku.code} · ${sku.name}` }))}
        showSearch={{ filterOption: false }}
        notFoundContent={null}
        popupMatchSelectWidth={360}
        status={isUnknown ? 'warning' : ''}
        style={{ width: '100%' }}
      />
      {/* Beside the field, not in its list: one that opens late would stand above whatever has been opened since. */}
      {isUnknown && (
        <div className="dim" role="status">
          {t('noSuchSku')}
        </div>
      )}
    </div>
  )
}
