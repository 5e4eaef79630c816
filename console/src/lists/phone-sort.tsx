import { Select } from 'antd'
import type { Column } from '@/grid/columns'
import type { Sort } from '@/grid/grid-head'
import { useIsPhone } from '@/grid/use-phone'
import { useWords } from '@/i18n/words'
import { listWords } from './words'
import { readSort } from './sort'

interface Props<Row> {
  columns: readonly Column<Row>[]
  sortText: string
  onSort: (sort: Sort | null) => void
}

/** Every way to sort a list, on a phone: most of its columns have no heading there. */
export function PhoneSort<Row>({ columns, sortText, onSort }: Props<Row>) {
  const t = useWords(listWords)
  const isPhone = useIsPhone()
  const both = columns
    .filter((column) => column.isSortable)
    .flatMap(({ id, title }) => [
      { value: id, label: `${title} ↑` },
      { value: `-${id}`, label: `${title} ↓` },
    ])
  if (!isPhone || both.length === 0) return null
  return (
    <Select
      aria-label={t('sort')}
      value={sortText}
      onChange={(wanted) => {
        onSort(readSort(wanted))
      }}
      options={[{ value: '', label: t('noSort') }, ...both]}
      popupMatchSelectWidth={false}
      style={{ minWidth: 120 }}
    />
  )
}
