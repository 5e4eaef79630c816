import { Segmented } from 'antd'
import { Page } from '@/frame/page'
import { useTab } from '@/frame/use-tab'
import { useWords } from '@/i18n/words'
import { Channels } from './channels'
import { Systems } from './systems'
import { Translations } from './translations'
import { connectionWords } from './words'
import styles from './connections.module.css'

const TABS = ['channels', 'systems', 'translations'] as const

/** What talks to us and hears from us: platforms, warehouse systems, carriers, and what their words mean. */
export default function ConnectionsPage() {
  const t = useWords(connectionWords)
  const [tab, open] = useTab(TABS)
  return (
    <Page title={t('title')} about={t('about')}>
      <Segmented
        aria-label={t('title')}
        className={styles.tabs}
        value={tab}
        onChange={open}
        options={TABS.map((value) => ({ value, label: t(value) }))}
      />
      {tab === 'channels' && <Channels />}
      {tab === 'systems' && <Systems />}
      {tab === 'translations' && <Translations />}
    </Page>
  )
}
