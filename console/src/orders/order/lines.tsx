import { Link } from 'react-router'
import { useEnum } from '@/api/enums'
import { money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Order, OrderLine } from '../shapes'
import { orderWords } from '../words'
import { editWords } from './edit-words'
import styles from './order.module.css'

/** What the buyer bought, and where each unit is. */
export function Lines({ order }: { order: Order }) {
  const t = useWords(orderWords)
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>{t('name')}</th>
          <th className={styles.end}>{t('quantity')}</th>
          <th className={styles.end}>{t('price')}</th>
          <th className={styles.end}>{t('payable')}</th>
          <th>{t('where')}</th>
        </tr>
      </thead>
      <tbody>
        {order.lines.map((line) => (
          <tr key={line.line_no}>
            <td>
              <LineName line={line} />
            </td>
            <td className={styles.end}>{number(line.quantity)}</td>
            <td className={styles.end}>{money(line.price_minor, order.currency)}</td>
            <td className={styles.end}>{money(line.payable_minor, order.currency)}</td>
            <td className={styles.where}>
              <Where line={line} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function LineName({ line }: { line: OrderLine }) {
  const kind = useEnum('line_kind')
  const e = useWords(editWords)
  const isPart = line.parent_line_no !== null
  return (
    <div className={isPart ? styles.part : undefined}>
      <div className={styles.goodsName}>{line.sku_name ?? line.title}</div>
      <div className={styles.small}>
        {line.sku_code ? (
          <Link to={`/stock?sku=${encodeURIComponent(line.sku_code)}`} className="mono">
            {line.sku_code}
          </Link>
        ) : (
          '—'
        )}
        {line.kind !== 'goods' && <span> · {kind(line.kind)}</span>}
        {line.bought_sku_code && <span> · {e('instead', { sku: line.bought_sku_code })}</span>}
        {line.is_cut && <span> · {e('cut')}</span>}
      </div>
    </div>
  )
}

function Where({ line }: { line: OrderLine }) {
  const t = useWords(orderWords)
  const places = [
    [line.short, 'short', styles.bad],
    [line.open, 'open', undefined],
    [line.reserved, 'reserved', undefined],
    [line.in_fulfilment, 'inFulfilment', undefined],
    [line.shipped, 'shipped', styles.good],
    [line.cancelled, 'cancelledUnits', styles.small],
  ] as const
  return (
    <>
      {places
        .filter(([units]) => units > 0)
        .map(([units, word, look]) => (
          <div key={word} className={look}>
            {t(word, { n: units })}
          </div>
        ))}
    </>
  )
}
