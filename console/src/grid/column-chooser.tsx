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

/** Which columns are shown, in which order, and which stay in sight. */
export function ColumnChooser<Row>({ columns, layout, onLayout }: Props<Row>) {
  const t = useWords(gridWords)
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
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
            <Button
              type="text"
              size="small"
              icon={isPinned(column, layout) ? <PushpinFilled /> : <PushpinOutlined />}
              aria-pressed={isPinned(column, layout)}
              aria-label={`${t('pin')}: ${column.title}`}
              onClick={() => {
                onLayout(togglePin(column, layout))
              }}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowUpOutlined />}
              aria-label={`${t('up')}: ${column.title}`}
              onClick={() => {
                onLayout(moveColumn(columns, layout, column.id, -1))
              }}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowDownOutlined />}
              aria-label={`${t('down')}: ${column.title}`}
              onClick={() => {
                onLayout(moveColumn(columns, layout, column.id, 1))
              }}
            />
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
