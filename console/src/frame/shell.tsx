import { MenuOutlined } from '@ant-design/icons'
import { Drawer } from 'antd'
import { useState } from 'react'
import { Outlet, useLocation, useNavigate } from 'react-router'
import { useWords } from '@/i18n/words'
import { ConnectionBar } from './connection-bar'
import { ErrorBoundary } from './error-boundary'
import { KeysHelp } from './keys-help'
import { useKeys } from './keys'
import { NoRight, useIsAllowed } from './no-right'
import { Palette } from './palette'
import { usePreferences } from './preferences'
import { Rail } from './rail'
import { SEARCH_ID } from './search-id'
import { TopBar } from './top-bar'
import { frameWords } from './words'
import styles from './shell.module.css'

/** Rail, bar and the page between them. */
export function Shell() {
  const t = useWords(frameWords)
  const { isRailNarrow } = usePreferences()
  const { pathname } = useLocation()
  const isAllowed = useIsAllowed(pathname)
  const navigate = useNavigate()
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [isMenuOpen, setMenuOpen] = useState(false)
  useKeys([
    {
      key: 'mod+k',
      says: t('keyPalette'),
      run: () => {
        setPaletteOpen(true)
      },
    },
    {
      key: '?',
      says: t('keyHelp'),
      run: () => {
        setHelpOpen(true)
      },
    },
    {
      key: '/',
      says: t('keySearch'),
      run: () => {
        const field = document.getElementById(SEARCH_ID)
        if (field) field.focus()
        else setPaletteOpen(true)
      },
    },
  ])
  return (
    <div className={styles.shell} data-narrow={isRailNarrow}>
      <a className={styles.skip} href="#main">
        {t('toMain')}
      </a>
      <nav className={styles.rail} aria-label={t('menu')}>
        <Rail isNarrow={isRailNarrow} />
      </nav>
      <div className={styles.body}>
        <TopBar
          onSearch={() => {
            setPaletteOpen(true)
          }}
          onHelp={() => {
            setHelpOpen(true)
          }}
          menu={
            <button
              type="button"
              className={styles.menu}
              aria-label={t('menu')}
              onClick={() => {
                setMenuOpen(true)
              }}
            >
              <MenuOutlined />
            </button>
          }
        />
        <ConnectionBar />
        <main id="main" className={styles.main} tabIndex={-1}>
          <ErrorBoundary key={pathname}>{isAllowed ? <Outlet /> : <NoRight />}</ErrorBoundary>
        </main>
      </div>
      <Drawer
        open={isMenuOpen}
        placement="left"
        size={240}
        title={t('product')}
        styles={{ body: { padding: 0 } }}
        onClose={() => {
          setMenuOpen(false)
        }}
      >
        <div
          onClickCapture={() => {
            setMenuOpen(false)
          }}
        >
          <Rail isNarrow={false} />
        </div>
      </Drawer>
      {isPaletteOpen && (
        <Palette
          onGo={(path) => void navigate(path)}
          onClose={() => {
            setPaletteOpen(false)
          }}
        />
      )}
      {isHelpOpen && (
        <KeysHelp
          onClose={() => {
            setHelpOpen(false)
          }}
        />
      )}
    </div>
  )
}
