import { CloseOutlined, FilterOutlined } from '@ant-design/icons'
import { Button, Input, Popover } from 'antd'
import { useState } from 'react'
import { useWords } from '@/i18n/words'
import { FilterEditor } from './filter-editor'
import { fieldName, filterName } from './filter-words'
import type { Field, Filter } from './filters'
import { listWords } from './words'
import styles from './lists.module.css'

interface Props {
  fields: readonly Field[]
  filters: readonly Filter[]
  onFilters: (filters: readonly Filter[]) => void
}

/** One chip for each condition, and a door to add one over any field. */
export function FilterBar({ fields, filters, onFilters }: Props) {
  const t = useWords(listWords)
  return (
    <div className={styles.bar}>
      {filters.map((filter, index) => (
        <Chip
          key={`${filter.field}:${filter.op}`}
          field={fields.find((field) => field.name === filter.field)}
          filter={filter}
          onChange={(changed) => {
            onFilters(filters.map((one, at) => (at === index ? changed : one)))
          }}
          onRemove={() => {
            onFilters(filters.filter((_, at) => at !== index))
          }}
        />
      ))}
      <AddFilter
        fields={fields}
        onAdd={(filter) => {
          onFilters([...filters.filter((one) => one.field !== filter.field || one.op !== filter.op), filter])
        }}
      />
      {filters.length > 0 && (
        <Button
          type="text"
          size="small"
          onClick={() => {
            onFilters([])
          }}
        >
          {t('clear')}
        </Button>
      )}
    </div>
  )
}

interface ChipProps {
  field: Field | undefined
  filter: Filter
  onChange: (filter: Filter) => void
  onRemove: () => void
}

function Chip({ field, filter, onChange, onRemove }: ChipProps) {
  const t = useWords(listWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <span className={styles.chip}>
      <Popover
        trigger="click"
        placement="bottomLeft"
        open={isOpen}
        onOpenChange={setOpen}
        destroyOnHidden
        content={
          field && (
            <FilterEditor
              field={field}
              filter={filter}
              onDone={(changed) => {
                setOpen(false)
                onChange(changed)
              }}
            />
          )
        }
      >
        <button type="button" className={styles.chipText}>
          <span className="dim">{field ? fieldName(field) : filter.field}</span> {filterName(field, filter, t)}
        </button>
      </Popover>
      <button
        type="button"
        className={styles.chipClose}
        aria-label={`${t('removeFilter')}: ${field ? fieldName(field) : filter.field}`}
        onClick={onRemove}
      >
        <CloseOutlined />
      </button>
    </span>
  )
}

function AddFilter({ fields, onAdd }: { fields: readonly Field[]; onAdd: (filter: Filter) => void }) {
  const t = useWords(listWords)
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [field, setField] = useState<Field | null>(null)
  const wanted = text.trim().toLowerCase()
  const offered = fields.filter(
    (one) => one.operators.length > 0 && `${one.zh} ${one.en} ${one.name}`.toLowerCase().includes(wanted),
  )
  const content = field ? (
    <FilterEditor
      field={field}
      filter={null}
      onDone={(filter) => {
        setOpen(false)
        onAdd(filter)
      }}
    />
  ) : (
    <div className={styles.editor}>
      <Input
        autoFocus
        placeholder={t('searchField')}
        aria-label={t('searchField')}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
        }}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing && offered[0]) setField(offered[0])
        }}
      />
      <div className={styles.fieldList}>
        {offered.map((one) => (
          <button
            key={one.name}
            type="button"
            className={styles.fieldItem}
            onClick={() => {
              setField(one)
            }}
          >
            {fieldName(one)}
          </button>
        ))}
      </div>
    </div>
  )
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={isOpen}
      destroyOnHidden
      onOpenChange={(next) => {
        setOpen(next)
        setField(null)
        setText('')
      }}
      content={content}
    >
      <Button size="small" type="dashed" icon={<FilterOutlined />}>
        {t('addFilter')}
      </Button>
    </Popover>
  )
}
