import { AutoComplete, Input } from 'antd'
import { useState } from 'react'
import { SEARCH_ID } from '@/frame/search-id'
import { useSkus } from './use-skus'

interface Props {
  label: string
  /** The code that is looked for; empty: all. */
  value: string
  onValue: (code: string) => void
}

/** Finds one SKU: by its whole code, or by any part of code, barcode or name from what is offered while one types. */
export function SkuSearch({ label, value, onValue }: Props) {
  const [text, setText] = useState(value)
  const { found } = useSkus(text)
  return (
    <AutoComplete
      id={SEARCH_ID}
      value={text}
      options={text.trim() ? found.map((sku) => ({ value: sku.code, label: `${sku.code} · ${sku.name}` })) : []}
      showSearch={{ filterOption: false }}
      onChange={(typed: string) => {
        setText(typed)
        if (!typed) onValue('')
      }}
      onSelect={onValue}
      popupMatchSelectWidth={360}
      style={{ flex: '0 1 320px', minWidth: 200 }}
    >
      <Input.Search
        allowClear
        aria-label={label}
        placeholder={label}
        onSearch={(wanted) => {
          const code = wanted.trim()
          const isWhole = found.length === 0 || found.some((sku) => sku.code === code)
          // Of several that are offered nobody but he who types knows the right one.
          if (isWhole) onValue(code)
          else if (found.length === 1 && found[0]) onValue(found[0].code)
        }}
      />
    </AutoComplete>
  )
}
