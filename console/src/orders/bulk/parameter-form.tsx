import { Input, InputNumber, Segmented, Select } from 'antd'
import type { ReactNode } from 'react'
import { useCarriers, useWarehouses } from '@/masters/options'
import { useWords } from '@/i18n/words'
import { FlagPicker } from '../flag-picker'
import { SkuInput } from '../order/sku-input'
import type { Parameter, Values } from './actions'
import { HoldUntil } from './hold-until'
import { SplitLines } from './split-lines'
import { bulkWords } from './words'
import styles from './bulk.module.css'

const GROUPS: ReadonlySet<Parameter> = new Set(['flag', 'expires_at'])

type Single = Exclude<Parameter, 'lines'>

interface Props {
  names: readonly Parameter[]
  values: Values
  /** The one order it is about. */
  orderNo?: string
  onValues: (values: Values) => void
}

export function ParameterForm({ names, values, orderNo, onValues }: Props) {
  const t = useWords(bulkWords)
  const warehouses = useWarehouses()
  const carriers = useCarriers()
  const put = (name: Single) => (value: string | number | null) => {
    onValues({ ...values, [name]: value ?? '' })
  }
  const text = (name: Single) => String(values[name] ?? '')
  const select = (name: 'warehouse' | 'carrier', label: string, options: { value: string; label: string }[]) => (
    <Select
      showSearch
      autoFocus
      aria-label={label}
      optionFilterProp="label"
      value={text(name) || undefined}
      onChange={put(name)}
      options={options}
      style={{ width: '100%' }}
    />
  )
  const editors: Record<Single, [label: string, editor: ReactNode]> = {
    note: [
      t('note'),
      <Input
        key="note"
        autoFocus
        maxLength={500}
        placeholder={t('noteHint')}
        value={text('note')}
        onChange={(event) => {
          put('note')(event.target.value)
        }}
      />,
    ],
    warehouse: [t('warehouse'), select('warehouse', t('warehouse'), warehouses)],
    carrier: [t('carrier'), select('carrier', t('carrier'), carriers)],
    sku: [t('sku'), <SkuInput key="sku" autoFocus label={t('sku')} value={text('sku')} onValue={put('sku')} />],
    quantity: [
      t('quantity'),
      <InputNumber key="quantity" min={1} max={1000} value={Number(values.quantity ?? 1)} onChange={put('quantity')} />,
    ],
    flag: [t('flagNo'), <FlagPicker key="flag" value={Number(values.flag ?? 1)} onValue={put('flag')} />],
    kind: [
      t('paper'),
      <Segmented
        key="kind"
        value={text('kind')}
        onChange={put('kind')}
        options={[
          { value: 'pick_list', label: t('pick_list') },
          { value: 'packing_list', label: t('packing_list') },
          { value: 'label', label: t('label') },
        ]}
      />,
    ],
    expires_at: [
      t('until'),
      <HoldUntil
        key="until"
        until={text('expires_at')}
        onUntil={(until) => {
          const { expires_at: _, ...others } = values
          onValues(until ? { ...others, expires_at: until } : others)
        }}
      />,
    ],
    stops: [
      t('stops'),
      <Segmented
        key="stops"
        value={Number(values.stops ?? 1)}
        onChange={put('stops')}
        options={[
          { value: 1, label: t('stopsAll') },
          { value: 2, label: t('stopsRelease') },
        ]}
      />,
    ],
  }
  return names.map((name) => {
    if (name === 'lines')
      return (
        <SplitLines
          key={name}
          orderNo={orderNo}
          lines={values.lines}
          onLines={(lines) => {
            onValues({ ...values, lines })
          }}
        />
      )
    const [label, editor] = editors[name]
    // Of several buttons a label would press the first.
    const Field = GROUPS.has(name) ? 'div' : 'label'
    return (
      <Field key={name} className={styles.field}>
        <span>{label}</span>
        {editor}
      </Field>
    )
  })
}
