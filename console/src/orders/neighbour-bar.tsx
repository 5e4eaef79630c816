import { ArrowLeftOutlined, DownOutlined, UpOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate } from 'react-router'
import { useKeys } from '@/frame/keys'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { orderQuery } from './order/queries'
import { neighbours, readTrail } from './trail'
import { orderWords } from './words'
import styles from './neighbour-bar.module.css'

/** Back to the list one came from, and on to the orders beside this one in it: by buttons, or J and K. */
export function NeighbourBar({ id }: { id: string }) {
  const t = useWords(orderWords)
  const { i18n } = useTranslation()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { state } = useLocation()
  const trail = readTrail(state)
  const beside = trail && neighbours(trail, id)
  const next = beside?.next
  useEffect(() => {
    if (next) void cache.prefetchQuery(orderQuery(next, i18n.language))
  }, [cache, next, i18n.language])

  // In the place of this one, so that "back" leads to the list and not through all that were looked at.
  const to = (other: string | null | undefined) => () => {
    if (other) void navigate(`/orders/${other}`, { replace: true, state: state as unknown })
  }
  useKeys(
    [
      { key: 'j', says: t('keyNext'), run: to(beside?.next) },
      { key: 'k', says: t('keyPrevious'), run: to(beside?.previous) },
    ],
    { isOn: beside !== null },
  )
  return (
    <nav className={styles.bar} aria-label={t('neighbours')}>
      <Link to={trail?.back ?? '/orders'}>
        <ArrowLeftOutlined /> {t(trail?.trail === 'exceptions' ? 'backToExceptions' : 'back')}
      </Link>
      {beside && (
        <span className={styles.steps}>
          <span className="dim">
            {number(beside.place)} / {number(beside.total)}
            {trail.isMore && '+'}
          </span>
          <Button size="small" icon={<UpOutlined />} disabled={!beside.previous} onClick={to(beside.previous)}>
            {t('previous')} <kbd>K</kbd>
          </Button>
          <Button
            size="small"
            icon={<DownOutlined />}
            disabled={!beside.next}
            title={!beside.next && trail.isMore ? t('moreInList') : undefined}
            onClick={to(beside.next)}
          >
            {t('nextOne')} <kbd>J</kbd>
          </Button>
        </span>
      )}
    </nav>
  )
}
