import type { ReactNode } from 'react'
import { language, setLanguage } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { frameWords } from './words'
import styles from './gate.module.css'

interface Props {
  title: ReactNode
  /** Who stands here is known: it takes the place of the page. */
  isInside?: boolean
  children: ReactNode
}

/** A card in place of every page, for somebody who may not come in yet; in either language. */
export function Gate({ title, isInside = false, children }: Props) {
  const t = useWords(frameWords)
  return (
    <main id={isInside ? 'main' : undefined} className={styles.page}>
      <div className={styles.card}>
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={40} height={40} />
        <h1 className={styles.title}>{title}</h1>
        {children}
        <button
          type="button"
          className={styles.link}
          onClick={() => {
            setLanguage(language() === 'zh' ? 'en' : 'zh')
          }}
        >
          {t('language')}
        </button>
      </div>
    </main>
  )
}
