import { Checkbox, Input, InputNumber, Select, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { MINOR, pairsText, readPairs, readTags, type FormField, type Values } from './form-fields'
import styles from './masters.module.css'

interface Props {
  fields: readonly FormField[]
  values: Values
  isNew: boolean
  onValues: (values: Values) => void
}

const WRITTEN: ReadonlySet<FormField['kind']> = new Set(['text', 'number', 'decimal', 'money'])
const WIDE: ReadonlySet<FormField['kind']> = new Set(['area', 'pairs', 'tags', 'many'])
const HOUR_AND_MINUTE = /^\d\d:\d\d$/

/** Fields of a record, by their definition. */
export function RecordForm({ fields, values, isNew, onValues }: Props) {
  const first = fields.find((field) => WRITTEN.has(field.kind) && (isNew || !field.isFixed))?.name
  return (
    <div className={styles.form}>
      {fields
        .filter((field) => !field.isShown || field.isShown(values))
        .map((field) => (
          <label key={field.name} className={styles.field} data-wide={WIDE.has(field.kind)} data-long={field.isLong}>
            <span>
              {field.label}
              {field.isRequired && <span aria-hidden> *</span>}
            </span>
            <Editor
              field={field}
              value={values[field.name]}
              isDisabled={field.isFixed === true && !isNew}
              isFirst={field.name === first}
              onValue={(value) => {
                onValues({ ...values, [field.name]: value })
              }}
            />
            {field.hint && <small>{field.hint}</small>}
            {field.below?.(values)}
          </label>
        ))}
    </div>
  )
}

interface EditorProps {
  field: FormField
  value: unknown
  isDisabled: boolean
  /** Whoever opens the record writes here at once. */
  isFirst: boolean
  onValue: (value: unknown) => void
}

function Editor({ field, value, isDisabled, isFirst, onValue }: EditorProps): ReactNode {
  const text = value === null || value === undefined ? '' : String(value as string)
  switch (field.kind) {
    case 'flag':
      return <Switch checked={value === true} disabled={isDisabled} onChange={onValue} aria-label={field.label} />
    case 'number':
    case 'decimal':
    case 'money': {
      const unit = field.kind === 'money' ? MINOR : 1
      return (
        <InputNumber
          aria-label={field.label}
          autoFocus={isFirst}
          disabled={isDisabled}
          precision={field.kind === 'number' ? 0 : undefined}
          value={typeof value === 'number' ? value / unit : null}
          onChange={(given) => {
            onValue(given === null ? null : field.kind === 'decimal' ? given : Math.round(given * unit))
          }}
          style={{ width: '100%' }}
        />
      )
    }
    case 'select':
      return (
        <Select
          showSearch
          allowClear={!field.isRequired}
          optionFilterProp="label"
          aria-label={field.label}
          disabled={isDisabled}
          value={(value as string) || undefined}
          onChange={(given) => {
            onValue(given ?? '')
          }}
          options={[...(field.options ?? [])]}
        />
      )
    case 'many':
      return (
        <Checkbox.Group
          className={styles.many}
          value={value as string[]}
          onChange={onValue}
          options={[...(field.options ?? [])]}
          aria-label={field.label}
        />
      )
    case 'tags':
      return (
        <Lines
          label={field.label}
          value={value}
          write={(tags) => ((tags as string[] | null | undefined) ?? []).join(' ')}
          read={readTags}
          onValue={onValue}
        />
      )
    case 'pairs':
      return <Lines label={field.label} value={value} write={pairsText} read={readPairs} onValue={onValue} />
    case 'area':
      return (
        <Input.TextArea
          aria-label={field.label}
          rows={2}
          value={text}
          disabled={isDisabled}
          onChange={(event) => {
            onValue(event.target.value)
          }}
        />
      )
    case 'time':
    case 'text':
      return (
        <Input
          aria-label={field.label}
          autoFocus={isFirst}
          type={field.kind === 'time' ? 'time' : 'text'}
          value={text}
          disabled={isDisabled}
          onChange={(event) => {
            const given = event.target.value
            onValue(field.kind === 'time' && HOUR_AND_MINUTE.test(given) ? `${given}:00` : given)
          }}
        />
      )
  }
}

interface LinesProps {
  label: string
  value: unknown
  write: (value: unknown) => string
  read: (text: string) => unknown
  onValue: (value: unknown) => void
}

/** Free text that stands for a list or a map: as it was typed for as long as it means the value; another's value is written anew. */
function Lines({ label, value, write, read, onValue }: LinesProps) {
  const written = write(value)
  const [typed, setTyped] = useState(written)
  return (
    <Input.TextArea
      aria-label={label}
      rows={3}
      value={write(read(typed)) === written ? typed : written}
      onChange={(event) => {
        setTyped(event.target.value)
        onValue(read(event.target.value))
      }}
    />
  )
}
