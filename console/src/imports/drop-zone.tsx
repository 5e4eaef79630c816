import { useRef, useState, type ReactNode } from 'react'
import { useWords } from '@/i18n/words'
import { csvOf } from './send'
import { importWords } from './words'
import styles from './imports.module.css'

interface Props {
  file: File | null
  icon: ReactNode
  onFile: (file: File) => void
}

/** Takes a file by click, by drop, or cells by paste. */
export function DropZone({ file, icon, onFile }: Props) {
  const t = useWords(importWords)
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  return (
    <div
      className={styles.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => {
        setOver(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const dropped = event.dataTransfer.files[0]
        if (dropped) onFile(dropped)
      }}
      onPaste={(event) => {
        const [pasted] = event.clipboardData.files
        const text = event.clipboardData.getData('text')
        if (pasted) onFile(pasted)
        else if (text.includes('\t') || text.includes('\n')) onFile(csvOf(text))
      }}
    >
      <button
        type="button"
        className={styles.choose}
        data-chosen={file !== null}
        onClick={() => {
          input.current?.click()
        }}
      >
        <span className={styles.icon} aria-hidden>
          {icon}
        </span>
        <strong>{file ? file.name : t('drop')}</strong>
        <span className="dim">{t('dropHint')}</span>
        <span className="dim">{t('paste')}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".xlsx,.xls,.ods,.csv"
        aria-label={t('drop')}
        onChange={(event) => {
          const chosen = event.target.files?.[0]
          if (chosen) onFile(chosen)
          event.target.value = ''
        }}
      />
    </div>
  )
}
