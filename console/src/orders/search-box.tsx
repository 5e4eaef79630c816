import { SearchOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { SEARCH_ID } from '@/frame/search-id'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { number } from '@/i18n/format'
import { say, useWords } from '@/i18n/words'
import { numbersIn, NUMBERS_MAX } from './finding'
import type { Finding, Search } from './use-finding'
import { orderWords } from './words'
import styles from './search-box.module.css'

/** One box for every kind of number; many numbers pasted at once are all looked up, five hundred at a time. */
export function SearchBox({ search }: { search: Search }) {
  const t = useWords(orderWords)
  const { asked, finding } = search
  const [text, setText] = useState(asked === null ? '' : lineOf(asked))
  // The address changed by a link, the palette or "back": the box follows it.
  const [shown, setShown] = useState(asked)
  if (shown !== asked) {
    setShown(asked)
    setText(asked === null ? '' : lineOf(asked))
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
          if (event.target.value === '') search.end()
        }}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text')
          if (!/\s/.test(pasted.trim())) return
          event.preventDefault()
          setText(lineOf(pasted))
          search.start(lineOf(pasted))
        }}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) search.start(text)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.nativeEvent.isComposing) event.currentTarget.blur()
        }}
      />
      {search.isLost && (
        <div className={styles.finding} role="status">
          <span className={styles.missing}>{t('findLost')}</span>
          <Button size="small" type="link" onClick={search.end}>
            {t('endFind')}
          </Button>
        </div>
      )}
      {finding && <FindingBar finding={finding} search={search} />}
    </div>
  )
}

/** Lines, tabs and commas of a pasted list as one line; a single word stays as it is. */
const lineOf = (text: string) => numbersIn(text).join(' ')

function FindingBar({ finding, search }: { finding: Finding; search: Search }) {
  const t = useWords(orderWords)
  const { found, missing, isCut, from, to, total } = finding
  return (
    <div className={styles.finding} role="status">
      <span>{t('found', { count: found.length })}</span>
      {isCut && <span className={styles.cut}>{t('findCut', { count: found.length })}</span>}
      {total > NUMBERS_MAX && <Parts from={from} to={to} total={total} onFrom={search.goOn} />}
      {missing.length > 0 && (
        <>
          <span className={styles.missing} title={missing.join('\n')}>
            {t('missing', { count: missing.length })}: {missing.slice(0, 5).join(', ')}
            {missing.length > 5 && ` +${number(missing.length - 5)}`}
          </span>
          <Button
            size="small"
            type="link"
            onClick={() => {
              void navigator.clipboard.writeText(missing.join('\n')).then(() => {
                toast(say(frameWords, 'copied'))
              })
            }}
          >
            {t('copyMissing')}
          </Button>
        </>
      )}
      <Button size="small" type="link" onClick={search.end}>
        {t('endFind')}
      </Button>
    </div>
  )
}

interface PartsProps {
  from: number
  to: number
  total: number
  onFrom: (from: number) => void
}

/** More numbers than one search takes: which are looked up now, and the rest behind a button. */
function Parts({ from, to, total, onFrom }: PartsProps) {
  const t = useWords(orderWords)
  const rest = total - to
  return (
    <>
      <span className={styles.cut}>
        {t('findPart', { total: number(total), from: number(from + 1), to: number(to) })}
      </span>
      {from > 0 && (
        <Button
          size="small"
          onClick={() => {
            onFrom(from - NUMBERS_MAX)
          }}
        >
          {t('findBefore')}
        </Button>
      )}
      {rest > 0 && (
        <Button
          size="small"
          type="primary"
          ghost
          onClick={() => {
            onFrom(to)
          }}
        >
          {t('findRest', { next: number(Math.min(rest, NUMBERS_MAX)), rest: number(rest) })}
        </Button>
      )}
    </>
  )
}
