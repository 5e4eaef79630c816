import { Segmented } from 'antd'
import { useSearchParams } from 'react-router'
import { Page } from '@/frame/page'
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
  const [params, setParams] = useSearchParams()
  const tab = TABS.find((one) => one === params.get('tab')) ?? 'channels'
  return (
    <Page title={t('title')} about={t('about')}>
      <div className={styles.top}>
        <Segmented
          value={tab}
          onChange={(next) => {
            setParams(next === 'channels' ? {} : { tab: next }, { replace: true })
          }}
          options={TABS.map((value) => ({ value, label: t(value) }))}
        />
      </div>
      {tab === 'channels' && <Channels />}
      {tab === 'systems' && <Systems />}
      {tab === 'translations' && <Translations />}
    </Page>
  )
}
