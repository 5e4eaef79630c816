import { DownOutlined, RightOutlined } from '@ant-design/icons'
import { capital, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { GroupFigures } from './groups'
import { gridWords } from './words'
import styles from './grid.module.css'

interface Props {
  label: string
  /** How many of its rows are loaded. */
  loaded: number
  figures: GroupFigures | undefined
  isExact: boolean
  isFolded: boolean
  height: number
  onFold: () => void
}

/** The heading of a group: its figures are those of all that match, however few are loaded. */
export function GroupHead({ label, loaded, figures, isExact, isFolded, height, onFold }: Props) {
  const t = useWords(gridWords)
  const count = Math.max(loaded, figures?.count ?? 0)
  return (
    <div className={styles.group} style={{ height }}>
      <button type="button" className={styles.fold} aria-expanded={!isFolded} onClick={onFold}>
        {isFolded ? <RightOutlined /> : <DownOutlined />}
        {capital(label) || '—'}{' '}
        <span className="dim">
          {number(count)}
          {isExact ? '' : '+'}
        </span>
      </button>
      {figures?.note && <span className={styles.groupNote}>{figures.note}</span>}
      {loaded < count && <span className={styles.groupNote}>{t('loadedOf', { loaded: number(loaded) })}</span>}
      {figures?.onOnly && (
        <button type="button" className={styles.only} onClick={figures.onOnly}>
          {t('onlyGroup')}
        </button>
      )}
    </div>
  )
}
