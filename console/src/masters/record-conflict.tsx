import { Radio } from 'antd'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { MINOR, pairsText, type FormField, type Values } from './form-fields'
import { masterWords } from './words'
import styles from './masters.module.css'

interface Props {
  fields: readonly FormField[]
  mine: Values
  theirs: Values
  kept: ReadonlySet<string>
  onKept: (kept: ReadonlySet<string>) => void
}

/** Two people changed the same fields of a record: one choice each, mine or as it is now. */
export function RecordConflict({ fields, mine, theirs, kept, onKept }: Props) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const shown = (field: FormField, value: unknown): string => {
    if (typeof value === 'boolean') return f(value ? 'yes' : 'no')
    if (field.kind === 'money' && typeof value === 'number') return (value / MINOR).toFixed(2)
    const nothing = field.none ?? t('nothing')
    const label = (one: unknown) => field.options?.find((option) => option.value === one)?.label ?? String(one)
    if (Array.isArray(value)) return value.map(label).join('、') || nothing
    if (value === null || value === undefined || value === '') return nothing
    return typeof value === 'object' ? pairsText(value) : label(value)
  }
  return (
    <div className={styles.clashes}>
      <div role="alert">
        <strong>{t('conflict')}</strong>
        <p className="dim">{t('conflictHint')}</p>
      </div>
      {fields.map((field) => (
        <div key={field.name} className={styles.field}>
          <span>{field.label}</span>
          <Radio.Group
            vertical
            aria-label={field.label}
            value={kept.has(field.name) ? 'mine' : 'theirs'}
            onChange={(event) => {
              const next = new Set(kept)
              if (event.target.value === 'mine') next.add(field.name)
              else next.delete(field.name)
              onKept(next)
            }}
            options={[
              { value: 'mine', label: `${t('mine')}: ${shown(field, mine[field.name])}` },
              { value: 'theirs', label: `${t('theirs')}: ${shown(field, theirs[field.name])}` },
            ]}
          />
        </div>
      ))}
    </div>
  )
}
