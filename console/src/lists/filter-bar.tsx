import { CloseOutlined, FilterOutlined } from '@ant-design/icons'
import { Button, Input, Popover } from 'antd'
import { useState } from 'react'
import { later } from '@/frame/later'
import { useWords } from '@/i18n/words'
import { fieldName, filterName } from './filter-words'
import { namedAmong, writeFilter, type Field, type Filter, type NamedFilters } from './filters'
import { listWords } from './words'
import styles from './lists.module.css'

const FilterEditor = later(() => import('./filter-editor').then((it) => it.FilterEditor), { isModal: false })

interface Props {
  fields: readonly Field[]
  filters: readonly Filter[]
  onFilters: (filters: readonly Filter[]) => void
  /** Conditions that are one chip together, until somebody opens it. */
  named?: readonly NamedFilters[]
  /** Looks for what no address may hold: phones. */
  onSearch?: (text: string) => void
}

/** One chip for each condition, and a door to add one over any field. */
export function FilterBar({ fields, filters, onFilters, named = [], onSearch }: Props) {
  const t = useWords(listWords)
  const texts = filters.map(writeFilter)
  const [opened, setOpened] = useState('')
  const found = namedAmong(texts, named)
  const whole = found?.name === opened ? null : found
  const isInside = (index: number) => whole?.filters.includes(texts[index] ?? '') ?? false
  return (
    <div className={styles.bar}>
      {whole && (
        <span className={styles.chip}>
          <button
            type="button"
            className={styles.chipText}
            title={t('openFilter')}
            onClick={() => {
              setOpened(whole.name)
            }}
          >
            {whole.name}
          </button>
          <button
            type="button"
            className={styles.chipClose}
            aria-label={`${t('removeFilter')}: ${whole.name}`}
            onClick={() => {
              onFilters(filters.filter((_, at) => !isInside(at)))
            }}
          >
            <CloseOutlined />
          </button>
        </span>
      )}
      {filters.map((filter, index) =>
        isInside(index) ? null : (
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
        ),
      )}
      <AddFilter
        fields={onSearch ? fields : fields.filter((field) => !field.is_sealed)}
        onSearch={onSearch}
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

interface AddProps {
  fields: readonly Field[]
  onAdd: (filter: Filter) => void
  onSearch?: (text: string) => void
}

function AddFilter({ fields, onAdd, onSearch }: AddProps) {
  const t = useWords(listWords)
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [field, setField] = useState<Field | null>(null)
  const wanted = text.trim().toLowerCase()
  const offered = fields.filter(
    (one) => one.operators.length > 0 && `${one.zh} ${one.en} ${one.name}`.toLowerCase().includes(wanted),
  )
  const content = field?.is_sealed ? (
    <SealedEditor
      field={field}
      onDone={(text) => {
        setOpen(false)
        onSearch?.(text)
      }}
    />
  ) : field ? (
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

/** What is personal is looked for as by the search box: it stands in no address, no chip and no saved view. */
function SealedEditor({ field, onDone }: { field: Field; onDone: (text: string) => void }) {
  const t = useWords(listWords)
  const [text, setText] = useState('')
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim()) onDone(text.trim())
      }}
    >
      <strong>{fieldName(field)}</strong>
      <Input
        autoFocus
        autoComplete="off"
        aria-label={fieldName(field)}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
        }}
      />
      <span className="dim">{t('sealedHint')}</span>
      <Button type="primary" size="small" htmlType="submit" disabled={!text.trim()}>
        {t('lookFor')}
      </Button>
    </form>
  )
}
