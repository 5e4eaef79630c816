import { Modal } from 'antd'
import { useWords } from '@/i18n/words'
import { useAllKeys, useKeys } from './keys'
import { frameWords } from './words'
import styles from './keys-help.module.css'

const SHOWN: Record<string, string> = {
  mod: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  enter: 'Enter',
  escape: 'Esc',
  arrowdown: '↓',
  arrowup: '↑',
}

export function KeyName({ name }: { name: string }) {
  const parts = name.split('+').map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))
  return (
    <span className={styles.keys}>
      {parts.map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  )
}

/** Every key that works here and now. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const t = useWords(frameWords)
  const keys = useAllKeys()
  useKeys([], { isModal: true })
  return (
    <Modal open title={t('keysHelp')} footer={null} onCancel={onClose} width={600}>
      <dl className={styles.list}>
        {keys.map((binding) => (
          <div key={binding.key + binding.says} className={styles.row}>
            <dt>
              <KeyName name={binding.key} />
            </dt>
            <dd>{binding.says}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
