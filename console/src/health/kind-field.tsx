import { AutoComplete } from 'antd'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useWords } from '@/i18n/words'
import { healthWords } from './words'

interface Props {
  /** What is looked for now. */
  kind: string
  /** Kinds that are offered; others can be typed. */
  known: readonly string[]
  onKind: (kind: string) => void
}

/** The kind of message that is looked for: chosen among those known or typed, one of both and told once. */
export function KindField({ kind, known, onKind }: Props) {
  const t = useWords(healthWords)
  const [before, setBefore] = useState(kind)
  const [shown, setShown] = useState(kind)
  if (before !== kind) {
    setBefore(kind)
    setShown(kind)
  }
  // What stands in the field at this very moment, and what was told of it: one key press may both choose and confirm before anything is drawn.
  const typed = useRef(kind)
  const told = useRef(kind)
  useEffect(() => {
    typed.current = kind
    told.current = kind
  }, [kind])
  const type = (value: string) => {
    typed.current = value
    setShown(value)
  }
  const tell = () => {
    const wanted = typed.current.trim()
    if (wanted !== told.current) onKind(wanted)
    told.current = wanted
  }
  const confirm = ({ key, keyCode, nativeEvent }: KeyboardEvent) => {
    if (key === 'Enter' && !nativeEvent.isComposing && keyCode !== 229) tell()
  }
  return (
    <AutoComplete
      allowClear
      aria-label={t('kind')}
      placeholder={t('kind')}
      value={shown}
      options={known.map((value) => ({ value }))}
      // Enter takes the option that is marked, else what was typed: only what begins as it was typed is marked by itself.
      defaultActiveFirstOption={false}
      showSearch={{ filterOption: (text, option) => option?.value.includes(text) ?? false }}
      onChange={(value?: string) => {
        type(value ?? '')
      }}
      onSelect={tell}
      onClear={tell}
      onKeyDown={confirm}
      // What was typed and not confirmed counts: what stands there is what is looked for.
      onBlur={tell}
      style={{ width: 210 }}
    />
  )
}
