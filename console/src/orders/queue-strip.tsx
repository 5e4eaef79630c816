import { useQuery } from '@tanstack/react-query'
import { Fragment, useMemo } from 'react'
import { api, given } from '@/api/client'
import { useEvent } from '@/api/events'
import type { components } from '@/api/schema'
import { number } from '@/i18n/format'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { isSame, type NamedFilters } from '@/lists/filters'
import { orderWords } from './words'
import styles from './queue-strip.module.css'

type Queue = components['schemas']['QueueView']

interface Props {
  filters: readonly string[]
  onChoose: (filters: readonly string[]) => void
  /** Counted already: they stand still. */
  counted?: readonly Queue[]
}

export const QUEUES_KEY = ['queues']

/** When the counts were taken that the server told of last: of several processes that answer, one may still know older ones. */
let notBefore: string | undefined

/** A queue of the orders held for one reason. */
const isHeld = ({ queue }: Queue) => queue.startsWith('hold.')

/** The queues by name, as the strip has read them. */
export function useQueueNames(): readonly NamedFilters[] {
  const { data } = useQuery<Queue[]>({ queryKey: QUEUES_KEY, enabled: false })
  const spoken = language()
  return useMemo(() => (data ?? []).map((queue) => ({ name: queue[spoken], filters: queue.filters })), [data, spoken])
}

/** What waits, with counts that live unless they are given: one click filters the list. */
export function QueueStrip({ filters, onChoose, counted }: Props) {
  const t = useWords(orderWords)
  const { data, refetch } = useQuery({
    queryKey: QUEUES_KEY,
    queryFn: async () => given(await api.GET('/api/v1/queues', { params: { query: { not_before: notBefore } } })),
    refetchInterval: 30_000,
    enabled: !counted,
  })
  useEvent('queues', (data) => {
    notBefore = (data as { as_of: string }).as_of
    if (!counted) void refetch()
  })
  return (
    <div className={styles.strip} role="group" aria-label={t('queues')}>
      {(counted ?? data ?? []).map((queue, index, all) => {
        const isFirstHeld = isHeld(queue) && !all.slice(0, index).some(isHeld)
        const isHere = isSame(queue.filters, filters)
        return (
          <Fragment key={queue.queue}>
            {isFirstHeld && <span className={styles.part}>{t('heldFor')}</span>}
            <button
              type="button"
              className={styles.queue}
              aria-pressed={isHere}
              data-empty={queue.count === 0}
              onClick={() => {
                onChoose(isHere ? [] : queue.filters)
              }}
            >
              <span className={styles.count}>
                {number(queue.count)}
                {!queue.is_exact && '+'}
              </span>
              <span className={styles.name}>{language() === 'zh' ? queue.zh : queue.en}</span>
            </button>
          </Fragment>
        )
      })}
    </div>
  )
}
