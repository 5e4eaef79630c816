import { Button, Input, InputNumber, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useWords } from '@/i18n/words'
import { fieldName, operatorName, valueName } from './filter-words'
import type { Field, Filter } from './filters'
import { listWords } from './words'
import styles from './lists.module.css'

interface Props {
  field: Field
  filter: Filter | null
  onDone: (filter: Filter) => void
}

const MINOR = 100

/** Operator and values of one condition. */
export function FilterEditor({ field, filter, onDone }: Props) {
  const t = useWords(listWords)
  const [op, setOp] = useState<string>(
    filter?.op ?? (field.kind === 'instant' ? 'between' : field.operators[0]) ?? 'is',
  )
  const [values, setValues] = useState<string[]>(filter?.values ?? (field.kind === 'flag' ? ['true'] : []))
  const isReady = values.length > 0 && (op !== 'between' || (values.length === 2 && values.every(Boolean)))
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onDone({ field: field.name, op, values })
      }}
    >
      <strong>{fieldName(field)}</strong>
      {field.operators.length > 1 && (
        <Segmented
          size="small"
          value={op}
          onChange={(next) => {
            setOp(next)
            if ((next === 'none') !== (op === 'none')) setValues(next === 'none' ? ['true'] : [])
          }}
          options={field.operators.map((code) => ({ value: code, label: operatorName(code, t) }))}
        />
      )}
      <Editors field={field} op={op} values={values} onValues={setValues} />
      <Button type="primary" size="small" htmlType="submit" disabled={!isReady}>
        {t('apply')}
      </Button>
    </form>
  )
}

/** Two editors for a range, a choice for emptiness, else one. */
function Editors({ field, op, values, onValues }: ValueProps & { op: string }) {
  if (op !== 'between') return <ValueEditor field={field} op={op} values={values} onValues={onValues} />
  return (
    <>
      {field.kind === 'instant' && <Ranges values={values} onValues={onValues} />}
      {[0, 1].map((at) => (
        <ValueEditor
          key={at}
          field={field}
          op={op}
          values={values[at] ? [values[at]] : []}
          onValues={([value]) => {
            onValues(at === 0 ? [value ?? '', values[1] ?? ''] : [values[0] ?? '', value ?? ''])
          }}
        />
      ))}
    </>
  )
}

function Ranges({ values, onValues }: Pick<ValueProps, 'values' | 'onValues'>) {
  const t = useWords(listWords)
  const ranges = { 'now-1d': t('lastDay'), 'now-7d': t('lastWeek'), 'now-30d': t('lastMonth') }
  return (
    <div className={styles.shortcuts}>
      {Object.entries(ranges).map(([start, label]) => (
        <Button
          key={start}
          size="small"
          type={values[0] === start ? 'primary' : 'default'}
          onClick={() => {
            onValues([start, 'now'])
          }}
        >
          {label}
        </Button>
      ))}
    </div>
  )
}

interface ValueProps {
  op?: string
  field: Field
  values: string[]
  onValues: (values: string[]) => void
}

function ValueEditor({ field, op, values, onValues }: ValueProps) {
  const t = useWords(listWords)
  const first = values[0] ?? ''
  if (field.kind === 'flag' || op === 'none')
    return (
      <Segmented
        value={first}
        onChange={(value) => {
          onValues([value])
        }}
        options={['true', 'false'].map((value) => ({ value, label: valueName(field, value, t) }))}
      />
    )
  if (field.kind === 'enum')
    return (
      <Select
        mode="multiple"
        autoFocus
        defaultOpen
        aria-label={fieldName(field)}
        value={values}
        onChange={onValues}
        optionFilterProp="label"
        options={(field.values ?? []).map(({ code }) => ({ value: code, label: valueName(field, code, t) }))}
        style={{ width: '100%' }}
      />
    )
  if (field.kind === 'instant') return <InstantEditor field={field} op={op} values={values} onValues={onValues} />
  if (field.kind === 'money' || field.kind === 'number') {
    const unit = field.kind === 'money' ? MINOR : 1
    return (
      <InputNumber
        autoFocus
        aria-label={fieldName(field)}
        value={first === '' ? null : Number(first) / unit}
        onChange={(value) => {
          onValues(value === null ? [] : [String(Math.round(value * unit))])
        }}
        style={{ width: '100%' }}
      />
    )
  }
  return (
    <Input
      autoFocus
      aria-label={fieldName(field)}
      value={values.join('|')}
      onChange={(event) => {
        onValues(event.target.value === '' ? [] : event.target.value.split('|'))
      }}
    />
  )
}

function InstantEditor({ field, op, values, onValues }: ValueProps) {
  const t = useWords(listWords)
  const shortcuts = { 'now-1d': t('lastDay'), 'now-3d': t('lastThree'), 'now-7d': t('lastWeek'), 'now+1d': t('soon') }
  const value = values[0] ?? ''
  const isRelative = value.startsWith('now')
  return (
    <>
      <div className={styles.shortcuts} hidden={op === 'between'}>
        {Object.entries(shortcuts).map(([code, label]) => (
          <Button
            key={code}
            size="small"
            type={value === code ? 'primary' : 'default'}
            onClick={() => {
              onValues([code])
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      <Input
        type="datetime-local"
        aria-label={fieldName(field)}
        value={isRelative || !value ? '' : localOf(value)}
        onChange={(event) => {
          onValues(event.target.value ? [new Date(event.target.value).toISOString()] : [])
        }}
      />
    </>
  )
}

function localOf(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
