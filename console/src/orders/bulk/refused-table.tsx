import { Link } from 'react-router'
import type { components } from '@/api/schema'
import { useWords } from '@/i18n/words'
import { CopyNumbers } from './copy-numbers'
import { bulkWords } from './words'
import styles from './bulk.module.css'

export type Refused = components['schemas']['RefusedRow']

/** Which order, why not, and what to do about it. */
export function RefusedTable({ refused, count }: { refused: readonly Refused[]; count: number }) {
  const t = useWords(bulkWords)
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('wont', { count })}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t('orderNo')}</th>
              <th>{t('reason')}</th>
              <th>{t('next')}</th>
            </tr>
          </thead>
          <tbody>
            {refused.map((one) => (
              <tr key={one.order_no + one.reason}>
                <td className="mono">
                  <Link to={`/orders?find=${encodeURIComponent(one.order_no)}`} target="_blank">
                    {one.order_no}
                  </Link>
                </td>
                <td>{one.text || one.reason}</td>
                <td className="dim">{one.next_step}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.under}>
        {count > refused.length && <span className="dim">{t('firstHundred')}</span>}
        <CopyNumbers numbers={refused.map((one) => one.order_no)} />
      </div>
    </>
  )
}
