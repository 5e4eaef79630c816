import {
  BulbOutlined,
  ColumnHeightOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Dropdown } from 'antd'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { api } from '@/api/client'
import { useMe } from '@/api/me'
import { language, setLanguage } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { setPreferences, useIsDark, usePreferences } from './preferences'
import { frameWords } from './words'
import styles from './top-bar.module.css'

interface Props {
  menu: ReactNode
  onSearch: () => void
  onHelp: () => void
}

/** Jump field and switches, above every page. */
export function TopBar({ menu, onSearch, onHelp }: Props) {
  const t = useWords(frameWords)
  const me = useMe()
  const navigate = useNavigate()
  const isDark = useIsDark()
  const { isCompact } = usePreferences()
  const signOut = useMutation({
    mutationFn: () => api.POST('/api/v1/sign-out'),
    onSettled: () => {
      window.location.assign(import.meta.env.BASE_URL)
    },
  })
  return (
    <header className={styles.bar}>
      {menu}
      <button type="button" className={styles.search} onClick={onSearch}>
        <SearchOutlined />
        <span>{t('search')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className={styles.tools}>
        <button
          type="button"
          className={styles.tool}
          onClick={() => {
            const next = language() === 'zh' ? 'en' : 'zh'
            setLanguage(next)
            void api.PUT('/api/v1/me/language', { body: { language: next } }).catch(() => undefined)
          }}
        >
          {t('language')}
        </button>
        <button
          type="button"
          className={`${styles.tool} ${styles.wideOnly}`}
          aria-label={t('compact')}
          aria-pressed={isCompact}
          title={t('compact')}
          onClick={() => {
            setPreferences({ isCompact: !isCompact })
          }}
        >
          <ColumnHeightOutlined />
        </button>
        <button
          type="button"
          className={styles.tool}
          aria-label={t('theme')}
          aria-pressed={isDark}
          title={t('theme')}
          onClick={() => {
            setPreferences({ theme: isDark ? 'light' : 'dark' })
          }}
        >
          <BulbOutlined />
        </button>
        <button
          type="button"
          className={`${styles.tool} ${styles.wideOnly}`}
          aria-label={t('keysHelp')}
          title={`${t('keysHelp')} (?)`}
          onClick={onHelp}
        >
          <QuestionCircleOutlined />
        </button>
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'settings', label: t('settings') },
              { key: 'pda', label: t('pda') },
              { type: 'divider' },
              { key: 'out', label: t('signOut') },
            ],
            onClick: ({ key }) => {
              if (key === 'settings') void navigate('/settings')
              else if (key === 'pda') window.location.assign('/pda')
              else signOut.mutate()
            },
          }}
        >
          <button type="button" className={styles.tool}>
            <UserOutlined /> <span className={styles.wideOnly}>{me.title || me.name}</span>
          </button>
        </Dropdown>
      </div>
    </header>
  )
}
