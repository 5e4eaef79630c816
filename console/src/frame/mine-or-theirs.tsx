import { Radio } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import { useWords } from '@/i18n/words'
import styles from './mine-or-theirs.module.css'
import { frameWords } from './words'

/** Somebody was quicker and changed the same: told above one choice for each field. */
export function Clashes({ children }: { children: ReactNode }) {
  const t = useWords(frameWords)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Whoever was writing in the form that this stands in for goes on here.
    if (document.activeElement === document.body) box.current?.querySelector<HTMLElement>('input:checked')?.focus()
  }, [])
  return (
    <div ref={box} className={styles.clashes}>
      <div role="alert">
        <strong>{t('clash')}</strong>
        <p className="dim">{t('clashHint')}</p>
      </div>
      {children}
    </div>
  )
}

interface Props {
  /** The field that both changed. */
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
  const t = useWords(frameWords)
  return (
    <div className={styles.choice}>
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
