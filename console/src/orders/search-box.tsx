import { SearchOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { api, given } from '@/api/client'
import { SEARCH_ID } from '@/frame/search-id'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { number } from '@/i18n/format'
import { say, useWords } from '@/i18n/words'
import { orderWords } from './words'
import styles from './search-box.module.css'

export interface Finding {
  text: string
  found: string[]
  missing: string[]
}

interface Props {
  /** A search that the address asks for (from the palette). */
  asked: string | null
  finding: Finding | null
  onFinding: (finding: Finding | null) => void
}

const NUMBERS_MAX = 500

/** One box for every kind of number; many numbers pasted at once are all looked up. */
export function SearchBox({ asked, finding, onFinding }: Props) {
  const t = useWords(orderWords)
  const [text, setText] = useState(asked ?? '')
  const find = useMutation({
    mutationFn: async (wanted: string) =>
      given(await api.POST('/api/v1/lists/orders/find', { body: { text: wanted } })),
    onSuccess: ({ found, missing }, wanted) => {
      onFinding({ text: wanted, found: [...found], missing: [...missing] })
    },
    onError: toastProblem,
  })
  const { mutate } = find
  const last = useRef<string | null>(null)
  useEffect(() => {
    if (asked && last.current !== asked) {
      last.current = asked
      mutate(asked)
    }
  }, [asked, mutate])

  function start(wanted: string): void {
    const trimmed = wanted.trim()
    if (trimmed) mutate(trimmed)
    else onFinding(null)
  }

  return (
    <div className={styles.box}>
      <Input
        id={SEARCH_ID}
        allowClear
        prefix={<SearchOutlined />}
        aria-label={t('search')}
        placeholder={t('searchHint')}
        title={t('searchHint')}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          if (event.target.value === '') onFinding(null)
        }}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text')
          if (!/\s/.test(pasted.trim())) return
          event.preventDefault()
          const numbers = pasted
            .trim()
            .split(/[\s,，;；]+/)
            .slice(0, NUMBERS_MAX)
          setText(numbers.join(' '))
          start(numbers.join(' '))
        }}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) start(text)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {finding && (
        <FindingBar
          finding={finding}
          onEnd={() => {
            setText('')
            onFinding(null)
          }}
        />
      )}
    </div>
  )
}

function FindingBar({ finding, onEnd }: { finding: Finding; onEnd: () => void }) {
  const t = useWords(orderWords)
  return (
    <div className={styles.finding} role="status">
      <span>{t('found', { count: finding.found.length })}</span>
      {finding.missing.length > 0 && (
        <>
          <span className={styles.missing} title={finding.missing.join('\n')}>
            {t('missing', { count: finding.missing.length })}: {finding.missing.slice(0, 5).join(', ')}
            {finding.missing.length > 5 && ` +${number(finding.missing.length - 5)}`}
          </span>
          <Button
            size="small"
            type="link"
            onClick={() => {
              void navigator.clipboard.writeText(finding.missing.join('\n')).then(() => {
                toast(say(frameWords, 'copied'))
              })
            }}
          >
            {t('copyMissing')}
          </Button>
        </>
      )}
      <Button size="small" type="link" onClick={onEnd}>
        {t('endFind')}
      </Button>
    </div>
  )
}
