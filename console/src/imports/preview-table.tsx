import { DownOutlined, UpOutlined, WarningFilled } from '@ant-design/icons'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Button, Checkbox } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useEnum } from '@/api/enums'
import { useKeys } from '@/frame/keys'
import { Pill, type Tone } from '@/frame/pill'
import { number } from '@/i18n/format'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { byRow, kindOf, problemsOf, rowsOf, widthsOf, type Problem } from './errors'
import type { Imported } from './send'
import { importWords } from './words'
import styles from './imports.module.css'

type Preview = NonNullable<Imported['preview']>
type Effect = keyof Preview['effects']

const ROW_HEIGHT = 46
const NUMBER_WIDTH = 64
const EFFECT_WIDTH = 84
const WHOLE_WIDTH = 200
const OVERSCAN = 8
const FIRST_PROBLEMS = 40

/** What importing a row does with its record. */
const EFFECT_TONES: Record<Effect, Tone> = { created: 'good', changed: 'progress', same: 'quiet' }

/** What is wrong, in words: the reason and what would be right. */
export function useReasonText(): (problem: Pick<Problem, 'reason' | 'detail' | 'expected'>) => string {
  const t = useWords(importWords)
  const reason = useEnum('reason')
  return useCallback(
    (problem) => {
      const expected = problem.expected?.[language()]
      const parts = [reason(problem.reason), problem.detail, expected && t('expected', { what: expected })]
      return parts.filter(Boolean).join(' · ')
    },
    [reason, t],
  )
}

/** The file as it was read: bad cells say what is wrong with them, and one key goes from each to the next. */
export function PreviewTable({ report, preview }: { report: Imported; preview: Preview }) {
  const t = useWords(importWords)
  const reason = useEnum('reason')
  const [kind, setKind] = useState<string | null>(null)
  const [isBadOnly, setBadOnly] = useState(false)
  const [at, setAt] = useState<number | null>(null)
  const wanted = useMemo(() => problemsOf(report.problems, kind), [report.problems, kind])
  const rows = useMemo(
    () => rowsOf(preview.rows, wanted, isBadOnly || kind !== null),
    [preview.rows, wanted, isBadOnly, kind],
  )
  const current = at === null ? null : (wanted[at] ?? null)
  const go = (by: 1 | -1) => {
    if (wanted.length > 0) setAt((before) => (before === null ? 0 : (before + by + wanted.length) % wanted.length))
  }
  useKeys([
    {
      key: 'n',
      says: t('nextError'),
      run: () => {
        go(1)
      },
    },
    {
      key: 'shift+n',
      says: t('previousError'),
      run: () => {
        go(-1)
      },
    },
  ])
  const all = preview.counts.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className={styles.preview}>
      {preview.counts.length > 0 && (
        <div className={styles.walk}>
          <div className={styles.counts} role="group" aria-label={t('byReason')}>
            {preview.counts.map((one) => (
              <button
                key={kindOf(one)}
                type="button"
                className={styles.count}
                aria-pressed={kind === kindOf(one)}
                onClick={() => {
                  setKind(kind === kindOf(one) ? null : kindOf(one))
                  setAt(null)
                }}
              >
                {[one.column || one.field || t('wholeRow'), reason(one.reason)].join(' · ')}{' '}
                <strong>{number(one.count)}</strong>
              </button>
            ))}
          </div>
          <div className={styles.jump}>
            <Checkbox
              checked={isBadOnly || kind !== null}
              disabled={kind !== null}
              onChange={(event) => {
                setBadOnly(event.target.checked)
              }}
            >
              {t('badOnly')}
            </Checkbox>
            <Button
              size="small"
              icon={<UpOutlined />}
              aria-label={t('previousError')}
              onClick={() => {
                go(-1)
              }}
            />
            <Button
              size="small"
              type="primary"
              ghost
              icon={<DownOutlined />}
              onClick={() => {
                go(1)
              }}
            >
              {t('nextError')}
            </Button>
            <span className="dim" role="status">
              {current &&
                t('errorAt', {
                  at: (at ?? 0) + 1,
                  all: wanted.length,
                  row: current.row,
                  column: current.column || current.field || t('wholeRow'),
                })}
            </span>
          </div>
        </div>
      )}
      <Cells
        preview={preview}
        rows={rows}
        problems={report.problems}
        ignored={report.ignored_headers}
        current={current}
      />
      <p className="dim">
        {all > report.problems.length
          ? t('someShown', { shown: report.problems.length, all: number(all) })
          : t('previewOf', { count: report.accepted + report.rejected })}
      </p>
    </div>
  )
}

interface CellsProps {
  preview: Preview
  rows: Preview['rows']
  problems: readonly Problem[]
  ignored: readonly string[]
  current: Problem | null
}

function Cells({ preview, rows, problems, ignored, current }: CellsProps) {
  const t = useWords(importWords)
  const { headings } = preview
  // The reasons of a file of bad rows that comes back mended are ours: nobody has to be told that they are left aside.
  const isUnused = ({ text, field }: { text: string; field: string }) => field === '' && ignored.includes(text)
  const scroll = useRef<HTMLDivElement>(null)
  const bad = useMemo(() => byRow(problems), [problems])
  const fields = useMemo(() => new Set(headings.map(({ field }) => field).filter(Boolean)), [headings])
  const isWhole = (problem: Problem) => !fields.has(problem.field)
  const hasWhole = problems.some(isWhole)
  const say = useReasonText()
  const widths = useMemo(() => {
    const whys = new Map<string, string[]>()
    for (const problem of problems.slice(0, FIRST_PROBLEMS))
      whys.set(problem.field, [...(whys.get(problem.field) ?? []), say(problem)])
    return widthsOf(headings, preview.rows, whys)
  }, [headings, preview.rows, problems, say])
  const columns = [
    `${NUMBER_WIDTH}px`,
    `${EFFECT_WIDTH}px`,
    ...(hasWhole ? [`${WHOLE_WIDTH}px`] : []),
    ...widths.map((width) => `${width}px`),
  ]
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer renders by itself; nothing here is memoized by the compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    initialRect: { width: 1200, height: 420 },
    scrollPaddingStart: ROW_HEIGHT,
  })
  useEffect(() => {
    if (!current) return
    const index = rows.findIndex(({ row }) => row === current.row)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' })
    // Drawn in the next frame, where it was out of sight; then its cell is brought into sight sideways.
    const frame = requestAnimationFrame(() => {
      scroll.current?.querySelector('[data-current=true]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
    })
    return () => {
      cancelAnimationFrame(frame)
    }
  }, [current, rows, virtual])
  const template = { gridTemplateColumns: columns.join(' ') }
  return (
    <div
      ref={scroll}
      className={styles.cells}
      tabIndex={0}
      role="table"
      aria-label={t('preview')}
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup" className={styles.cellsHead}>
        <div role="row" className={styles.cellsRow} style={template}>
          <span role="columnheader">{t('row')}</span>
          <span role="columnheader">{t('effect')}</span>
          {hasWhole && <span role="columnheader">{t('problem')}</span>}
          {headings.map((heading, place) => (
            <span
              key={place}
              role="columnheader"
              data-unused={isUnused(heading)}
              title={isUnused(heading) ? t('unused') : undefined}
            >
              {heading.text || '—'}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.cellsBody} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          const wrong = bad.get(row.row) ?? []
          const before = rows[item.index - 1]
          return (
            <div
              key={row.row}
              role="row"
              aria-rowindex={item.index + 2}
              className={styles.cellsRow}
              data-bad={wrong.length > 0}
              data-gap={before !== undefined && before.row + 1 < row.row}
              style={{ ...template, transform: `translateY(${item.start}px)` }}
            >
              <span role="rowheader">
                {wrong.length > 0 && <WarningFilled aria-hidden />} {row.row}
              </span>
              <span role="cell">{row.effect && <Pill tone={EFFECT_TONES[row.effect]}>{t(row.effect)}</Pill>}</span>
              {hasWhole && <Cell problems={wrong.filter(isWhole)} current={current} />}
              {headings.map((heading, place) => (
                <Cell
                  key={place}
                  text={row.cells[place] ?? ''}
                  isUnused={isUnused(heading)}
                  problems={wrong.filter((problem) => heading.field !== '' && problem.field === heading.field)}
                  current={current}
                />
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface CellProps {
  text?: string
  isUnused?: boolean
  problems: readonly Problem[]
  current: Problem | null
}

/** A cell as it was read; below it what is wrong with it. */
function Cell({ text, isUnused = false, problems, current }: CellProps) {
  const t = useWords(importWords)
  const say = useReasonText()
  const why = problems.map(say).join('; ')
  return (
    <span
      role="cell"
      data-bad={problems.length > 0}
      data-unused={isUnused}
      data-current={current !== null && problems.includes(current)}
      title={[text, why].filter(Boolean).join('\n') || undefined}
    >
      {text !== undefined && <span translate="no">{text || (problems.length > 0 ? t('emptyCell') : '')}</span>}
      {why && <small>{why}</small>}
    </span>
  )
}
