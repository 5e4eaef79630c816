import { Cascader, Input } from 'antd'
import { useEffect, useState } from 'react'
import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import { editWords } from './edit-words'
import styles from './order.module.css'

export interface RegionNames {
  province: string
  city: string
  district: string
}

interface Option {
  value: string
  label: string
  code: string
  isLeaf: boolean
  children?: Option[]
}

interface Props {
  country: string
  value: RegionNames | null
  onValue: (value: RegionNames | null) => void
}

async function below(code: string): Promise<Option[]> {
  const { items } = given(await api.GET('/api/v1/divisions', { params: { query: { under: code } } }))
  return items.map((one) => ({ value: one.name, label: one.name, code: one.code, isLeaf: one.is_leaf }))
}

/** Province, city and district: chosen down to the last in China, written elsewhere. */
export function RegionPicker({ country, value, onValue }: Props) {
  const t = useWords(editWords)
  const [options, setOptions] = useState<Option[]>([])
  const isChina = country === 'CN'
  useEffect(() => {
    if (isChina) void below('').then(setOptions)
  }, [isChina])
  if (!isChina) return <Written value={value} onValue={onValue} />
  const shown = value ? [value.province, value.city, value.district].filter(Boolean) : undefined
  return (
    <label className={styles.field}>
      <span>{t('region')}</span>
      <Cascader
        aria-label={t('region')}
        value={shown}
        options={options}
        displayRender={(labels) => labels.join(' / ')}
        loadData={(path) => {
          const last = path[path.length - 1] as Option | undefined
          if (!last) return
          void below(last.code).then((children) => {
            last.children = children
            setOptions([...options])
          })
        }}
        onChange={(names) => {
          const [province = '', city = '', district = ''] = (names as string[] | undefined) ?? []
          onValue(province ? { province, city, district } : null)
        }}
        style={{ width: '100%' }}
      />
    </label>
  )
}

const NONE: RegionNames = { province: '', city: '', district: '' }

function Written({ value, onValue }: Omit<Props, 'country'>) {
  const t = useWords(editWords)
  const now = value ?? NONE
  return (['province', 'city', 'district'] as const).map((name) => (
    <label key={name} className={styles.field}>
      <span>{t(name)}</span>
      <Input
        maxLength={64}
        value={now[name]}
        onChange={(event) => {
          onValue({ ...now, [name]: event.target.value })
        }}
      />
    </label>
  ))
}
