import { ArrowDownOutlined, ArrowUpOutlined, PushpinFilled, PushpinOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import { useRef, useState } from 'react'
import { useWords } from '@/i18n/words'
import {
  FIRST_LAYOUT,
  isPinned,
  isShown,
  moveColumn,
  ordered,
  toggleColumn,
  togglePin,
  widen,
  type Column,
  type Layout,
} from './columns'
import { gridWords } from './words'
import styles from './grid.module.css'

interface Props<Row> {
  columns: readonly Column<Row>[]
  layout: Layout
  onLayout: (layout: Layout) => void
}

/** Which columns are shown, in which order, how wide, and which stay in sight. */
export function ColumnChooser<Row>({ columns, layout, onLayout }: Props<Row>) {
  const t = useWords(gridWords)
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  /** What can be done with a column, all of it by keys too. */
  const actsOf = (column: Column<Row>) => {
    return [
      ['pin', isPinned(column, layout) ? <PushpinFilled /> : <PushpinOutlined />, togglePin(column, layout)],
      ['up', <ArrowUpOutlined />, moveColumn(columns, layout, column.id, -1)],
      ['down', <ArrowDownOutlined />, moveColumn(columns, layout, column.id, 1)],
      ['narrower', '-', widen(column, layout, -1)],
      ['wider', '+', widen(column, layout, 1)],
    ] as const
  }
  const list = (
    <div
      ref={place}
      className={styles.columnList}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setOpen(false)
        button.current?.focus()
      }}
    >
      {ordered(columns, layout).map((column) => (
        <div key={column.id} className={styles.columnItem}>
          <Checkbox
            checked={isShown(column, layout)}
            onChange={() => {
              onLayout(toggleColumn(column, layout))
            }}
          >
            {column.title}
          </Checkbox>
          <span className={styles.columnButtons}>
            {actsOf(column).map(([word, icon, to]) => (
              <Button
                key={word}
                type="text"
                size="small"
                icon={icon}
                aria-pressed={word === 'pin' ? isPinned(column, layout) : undefined}
                aria-label={`${t(word)}: ${column.title}`}
                onClick={() => {
                  onLayout(to)
                }}
              />
            ))}
          </span>
        </div>
      ))}
      <Button
        type="link"
        size="small"
        onClick={() => {
          onLayout(FIRST_LAYOUT)
        }}
      >
        {t('reset')}
      </Button>
    </div>
  )
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('columnsTitle')}
      content={list}
      open={isOpen}
      onOpenChange={setOpen}
      afterOpenChange={(isNow) => {
        // The keyboard goes where the eye goes.
        if (isNow) place.current?.querySelector('input')?.focus()
      }}
    >
      <Button ref={button} icon={<SettingOutlined />} aria-expanded={isOpen}>
        {t('columns')}
      </Button>
    </Popover>
  )
}
