import { FilterOutlined, ShoppingOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { useWords } from '@/i18n/words'
import type { Lift } from '@/lists/no-match'
import { listWords } from '@/lists/words'
import { orderWords } from './words'

/** A list of orders without rows: what would be here, or the filters to take off. */
export function NoOrders({
  isSearch,
  isFiltered,
  lifts,
  onClear,
}: {
  isSearch: boolean
  isFiltered: boolean
  lifts: readonly Lift[]
  onClear: () => void
}) {
  const t = useWords(orderWords)
  const l = useWords(listWords)
  if (isSearch) return <EmptyState icon={<FilterOutlined />} title={t('findEmpty')} text={t('findEmptyHint')} />
  if (isFiltered)
    return (
      <EmptyState icon={<FilterOutlined />} title={t('emptyFiltered')} text={t('emptyFilteredHint')}>
        {lifts.map((one) => (
          <Button key={one.label} onClick={one.lift}>
            {l('lift', { filter: one.label })}
          </Button>
        ))}
        <Button onClick={onClear}>{t('clearFilters')}</Button>
      </EmptyState>
    )
  return (
    <EmptyState icon={<ShoppingOutlined />} title={t('emptyAll')} text={t('emptyAllHint')}>
      <Link to="/shops">{t('connectShop')}</Link>
      <Link to="/imports?kind=orders">{t('importOrders')}</Link>
    </EmptyState>
  )
}
