import { EnterOutlined, SearchOutlined } from '@ant-design/icons'
import { Modal } from 'antd'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { useMay } from '@/api/me'
import { language, setLanguage } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { useKeys } from './keys'
import { PLACES } from './nav'
import { setPreferences, useIsDark, usePreferences } from './preferences'
import { frameWords } from './words'
import styles from './palette.module.css'

interface Command {
  id: string
  text: string
  typed?: string
  icon: ReactNode
  run: () => void
}

interface Props {
  onGo: (path: string) => void
  onClose: () => void
}

/** Ctrl-K: every page, every switch, and any number somebody has in hand. */
export function Palette({ onGo, onClose }: Props) {
  const t = useWords(frameWords)
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const commands = useCommands(onGo)
  const wanted = text.trim().toLowerCase()
  const find: Command = {
    id: 'find',
    text: t('findNumber', { text: text.trim() }),
    icon: <SearchOutlined />,
    run: () => {
      onGo(`/orders?find=${encodeURIComponent(text.trim())}`)
    },
  }
  const matching = commands.filter(
    ({ text, id, typed }) =>
      text.toLowerCase().includes(wanted) ||
      id.includes(wanted) ||
      typed?.split(' ').some((word) => word.startsWith(wanted)),
  )
  const shown = wanted ? [...matching, find] : matching
  const at = Math.min(chosen, shown.length - 1)
  useKeys([], { isModal: true })

  function run(command: Command | undefined): void {
    onClose()
    command?.run()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setChosen((at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(shown[at])
    }
  }

  return (
    <Modal
      open
      footer={null}
      closable={false}
      onCancel={onClose}
      width={560}
      // Its name for those who hear it; the field says the same to those who see it.
      title={t('searchPages')}
      styles={{ container: { padding: 0 }, header: { display: 'none' } }}
    >
      <div className={styles.head}>
        <SearchOutlined className="dim" />
        <input
          className={styles.field}
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={shown[at] && `palette-${shown[at].id}`}
          aria-label={t('searchPages')}
          placeholder={t('searchPages')}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label={t('searchPages')} className={styles.list}>
        {shown.map((command, index) => (
          <div
            key={command.id}
            id={`palette-${command.id}`}
            role="option"
            aria-selected={index === at}
            className={styles.option}
            onMouseMove={() => {
              setChosen(index)
            }}
            onClick={() => {
              run(command)
            }}
          >
            <span className={styles.icon}>{command.icon}</span>
            <span className={styles.text}>{command.text}</span>
            {index === at && <EnterOutlined className="dim" />}
          </div>
        ))}
      </div>
    </Modal>
  )
}

function useCommands(onGo: (path: string) => void): Command[] {
  const t = useWords(frameWords)
  const may = useMay()
  const isDark = useIsDark()
  const { isCompact } = usePreferences()
  const pages = PLACES.flatMap((group) => group.places)
    .filter((place) => !place.rights || place.rights.some(may))
    .map((place) => ({
      id: place.path,
      text: t(place.word),
      typed: place.typed,
      icon: place.icon,
      run: () => {
        onGo(place.path)
      },
    }))
  const switches: Command[] = [
    {
      id: 'theme',
      text: t('theme'),
      icon: null,
      run: () => {
        setPreferences({ theme: isDark ? 'light' : 'dark' })
      },
    },
    {
      id: 'compact',
      text: t('compact'),
      icon: null,
      run: () => {
        setPreferences({ isCompact: !isCompact })
      },
    },
    {
      id: 'language',
      text: t('language'),
      icon: null,
      run: () => {
        setLanguage(language() === 'zh' ? 'en' : 'zh')
      },
    },
  ]
  return [...pages, ...switches]
}
