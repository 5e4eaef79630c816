import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import { useWords } from '@/i18n/words'
import { FIRST_LAYOUT, isShown, moveColumn, ordered, toggleColumn, type Column, type Layout } from './columns'
import { gridWords } from './words'
import styles from './grid.module.css'

interface Props<Row> {
  columns: readonly Column<Row>[]
  layout: Layout
  onLayout: (layout: Layout) => void
}

/** Which columns are shown, and in which order. */
export function ColumnChooser<Row>({ columns, layout, onLayout }: Props<Row>) {
  const t = useWords(gridWords)
  const list = (
    <div className={styles.columnList}>
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
          <span style={{ marginLeft: 'auto' }}>
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
    <Popover trigger="click" placement="bottomRight" title={t('columnsTitle')} content={list}>
      <Button icon={<SettingOutlined />}>{t('columns')}</Button>
    </Popover>
  )
}
