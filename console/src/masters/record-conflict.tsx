import { Clashes, MineOrTheirs } from '@/frame/mine-or-theirs'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { MINOR, pairsText, type FormField, type Values } from './form-fields'
import { masterWords } from './words'

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
    <Clashes>
      {fields.map((field) => (
        <MineOrTheirs
          key={field.name}
          field={field.name}
          label={field.label}
          mine={shown(field, mine[field.name])}
          theirs={shown(field, theirs[field.name])}
          kept={kept}
          onKept={onKept}
        />
      ))}
    </Clashes>
  )
}
