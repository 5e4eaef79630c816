import { Radio } from 'antd'
import { useWords } from '@/i18n/words'
import { orderWords } from '../words'
import styles from './order.module.css'

interface Props {
  field: string
  label: string
  /** Where the label alone does not tell one from another: for who hears it. */
  spoken?: string
  mine: string
  theirs: string
  /** Fields of which one's own stays. */
  kept: ReadonlySet<string>
  onKept: (kept: ReadonlySet<string>) => void
}

/** Two people gave one field two values: which of them stays. */
export function MineOrTheirs({ field, label, spoken, mine, theirs, kept, onKept }: Props) {
  const t = useWords(orderWords)
  return (
    <div className={styles.field}>
      <span>{label}</span>
      <Radio.Group
        vertical
        aria-label={spoken ?? label}
        value={kept.has(field) ? 'mine' : 'theirs'}
        onChange={(event) => {
          const next = new Set<string>(kept)
          if (event.target.value === 'mine') next.add(field)
          else next.delete(field)
          onKept(next)
        }}
        options={[
          { value: 'mine', label: `${t('mine')}: ${mine}` },
          { value: 'theirs', label: `${t('theirs')}: ${theirs}` },
        ]}
      />
    </div>
  )
}
