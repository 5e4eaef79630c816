import { CloseOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import type { ReactNode } from 'react'
import { useWords } from '@/i18n/words'
import { useFocusBack } from './focus-back'
import { useKeys } from './keys'
import { useTabTitle } from './tab-title'
import { frameWords } from './words'
import styles from './side-drawer.module.css'

interface Props {
  /** What it is about, at the start of its head. */
  name: ReactNode
  /** What it is about, in plain words: the browser's tab is called so. */
  tab?: string
  /** What can be done, at the end of its head. */
  actions?: ReactNode
  /** What closing is called in the list of keys. */
  closes?: string
  /** Its content goes to its edges. */
  isFlush?: boolean
  onClose: () => void
  children: ReactNode
}

/** One thing beside its list: nothing is covered by a veil, and the list keeps the keyboard. */
export function SideDrawer({ name, tab = '', actions, closes, isFlush = false, onClose, children }: Props) {
  const f = useWords(frameWords)
  useTabTitle(tab, 1)
  useFocusBack()
  useKeys([{ key: 'escape', says: closes ?? f('close'), run: onClose }])
  return (
    <Drawer
      open
      mask={false}
      size="min(860px, 100vw)"
      closable={false}
      keyboard={false}
      focusable={{ trap: false }}
      onClose={onClose}
      styles={{ body: isFlush ? { padding: 0 } : {}, header: { padding: '10px 16px' } }}
      title={
        <div className={styles.head}>
          <div className={styles.name}>{name}</div>
          {actions && <span className={styles.actions}>{actions}</span>}
          <Button
            className={styles.close}
            type="text"
            icon={<CloseOutlined />}
            aria-label={f('close')}
            onClick={onClose}
          />
        </div>
      }
    >
      {children}
    </Drawer>
  )
}
