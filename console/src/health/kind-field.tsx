import { AutoComplete } from 'antd'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useAllWords } from '@/api/enums'
import { useWords } from '@/i18n/words'
import { KindName, useKind } from './kind-name'
import { healthWords } from './words'

interface Props {
  /** What is looked for now. */
  kind: string
  /** Kinds that are offered before anything is typed; all that have words are found by them, others can be typed. */
  known: readonly string[]
  onKind: (kind: string) => void
}

const isIn = (part: string, ...texts: readonly string[]) =>
  texts.some((text) => text.toLowerCase().includes(part.trim().toLowerCase()))

/** The kind of message that is looked for, shown by its words: chosen or typed, by its words or its protocol's name, and told once. */
export function KindField({ kind, known, onKind }: Props) {
  const t = useWords(healthWords)
  const said = useKind()
  const word = said(kind)
  const [before, setBefore] = useState(word)
  const [shown, setShown] = useState(word)
  if (before !== word) {
    setBefore(word)
    setShown(word)
  }
  const all = [...new Set([...known, ...(useAllWords().message_kind ?? []).map(({ code }) => code)])]
  const found = shown ? all.filter((one) => isIn(shown, said(one), one)) : known
  // What stands in the field at this very moment, and what was told of it: one key press may both choose and confirm before anything is drawn.
  const typed = useRef(word)
  const told = useRef(kind)
  useEffect(() => {
    typed.current = word
    told.current = kind
  }, [word, kind])
  const type = (value: string) => {
    typed.current = value
    setShown(value)
  }
  const tell = () => {
    const text = typed.current.trim()
    const wanted = all.find((one) => one === text || said(one).toLowerCase() === text.toLowerCase()) ?? text
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
      options={found.map((one) => ({ value: said(one), label: <KindName kind={one} /> }))}
      // Enter takes the option that is marked, else what was typed: only what begins as it was typed is marked by itself.
      defaultActiveFirstOption={false}
      showSearch={{ filterOption: false }}
      popupMatchSelectWidth={360}
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
