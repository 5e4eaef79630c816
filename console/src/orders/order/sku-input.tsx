import { useQuery } from '@tanstack/react-query'
import { AutoComplete } from 'antd'
import { api, given } from '@/api/client'

const LIMIT = 200
const PAGES_MAX = 5
const SHOWN = 30

async function readSkus() {
  const found: { value: string; label: string }[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { limit: LIMIT, cursor }
    const { items, next } = given(await api.GET('/api/v1/catalog/skus', { params: { query } }))
    found.push(...items.map((sku) => ({ value: sku.code, label: `${sku.code} · ${sku.name}` })))
    if (!next) break
    cursor = next
  }
  return found
}

interface Props {
  label: string
  value: string
  onValue: (code: string) => void
  autoFocus?: boolean
}

/** A SKU by its code; the first some hundred are offered while one types, by code or name. */
export function SkuInput({ label, value, onValue, autoFocus = false }: Props) {
  const { data = [] } = useQuery({
    queryKey: ['options', 'skus'],
    queryFn: readSkus,
    staleTime: 60_000,
  })
  const wanted = value.trim().toLowerCase()
  return (
    <AutoComplete
      aria-label={label}
      autoFocus={autoFocus}
      value={value}
      onChange={onValue}
      options={data.filter((one) => one.label.toLowerCase().includes(wanted)).slice(0, SHOWN)}
      popupMatchSelectWidth={320}
      style={{ width: '100%' }}
    />
  )
}
