import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTabTitle } from './tab-title'
import styles from './page.module.css'

interface PageProps {
  title: string
  /** One line: what this page is for. */
  about?: string
  actions?: ReactNode
  /** The content scrolls by itself and fills the height: grids. */
  isFilled?: boolean
  children: ReactNode
}

/** Heading, actions, content: the same on every page. */
export function Page({ title, about, actions, isFilled = false, children }: PageProps) {
  useTabTitle(title)
  return (
    <div className={styles.page} data-filled={isFilled}>
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title}>{title}</h1>
          {about && <p className={styles.about}>{about}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export function Panel({ title, extra, children, isFlush = false }: PanelProps) {
  return (
    <section className={styles.panel}>
      {title && (
        <header className={styles.panelHead}>
          <h2 className={styles.panelTitle}>{title}</h2>
          {extra}
        </header>
      )}
      <div className={isFlush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  )
}

interface PanelProps {
  title?: ReactNode
  extra?: ReactNode
  isFlush?: boolean
  children: ReactNode
}

export function PageSkeleton() {
  return (
    <div className={styles.page} aria-busy>
      <Skeleton active paragraph={{ rows: 8 }} />
    </div>
  )
}
