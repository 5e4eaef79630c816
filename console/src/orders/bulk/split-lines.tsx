import { useQuery } from '@tanstack/react-query'
import { InputNumber, Segmented, Skeleton } from 'antd'
import { api, given } from '@/api/client'
import { ProblemView } from '@/frame/problem-view'
import { useIsPhone } from '@/grid/use-phone'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import type { SplitLine } from './actions'
import { bulkWords } from './words'
import styles from './bulk.module.css'

interface Props {
  /** Undefined: many orders, of which every line travels alone. */
  orderNo: string | undefined
  lines: readonly SplitLine[] | undefined
  onLines: (lines: readonly SplitLine[] | undefined) => void
}

/** What shall travel on its own: every line, or so many units of these lines. */
export function SplitLines({ orderNo, lines, onLines }: Props) {
  const t = useWords(bulkWords)
  const isPhone = useIsPhone()
  if (orderNo === undefined) return <p className="dim">{t('splitEach')}</p>
  return (
    <div className={styles.field}>
      <Segmented
        vertical={isPhone}
        value={lines === undefined ? 'each' : 'chosen'}
        onChange={(value) => {
          onLines(value === 'each' ? undefined : [])
        }}
        options={[
          { value: 'chosen', label: t('splitChosen') },
          { value: 'each', label: t('splitEach') },
        ]}
      />
      {lines !== undefined && <Choice orderNo={orderNo} lines={lines} onLines={onLines} />}
    </div>
  )
}

interface Splittable {
  line_no: number
  code: string
  name: string
  /** Units that no warehouse has yet. */
  units: number
}

/** Lines with units in planned fulfilments. */
export function splittable(order: Pick<Order, 'lines' | 'fulfilments'>): Splittable[] {
  const units = new Map<number, number>()
  for (const fulfilment of order.fulfilments.filter((one) => one.state === 'planned'))
    for (const line of fulfilment.lines)
      units.set(line.line_no, (units.get(line.line_no) ?? 0) + line.quantity - line.shipped - line.cancelled)
  return order.lines.flatMap((line) => {
    const planned = units.get(line.line_no) ?? 0
    if (planned === 0) return []
    return [{ line_no: line.line_no, code: line.sku_code ?? '', name: line.sku_name ?? line.title, units: planned }]
  })
}

function Choice({ orderNo, lines, onLines }: Required<Props> & { lines: readonly SplitLine[] }) {
  const t = useWords(bulkWords)
  const order = useQuery({
    queryKey: ['order', 'by-number', orderNo],
    queryFn: async () =>
      given(await api.GET('/api/v1/orders/by-number/{order_no}', { params: { path: { order_no: orderNo ?? '' } } })),
    staleTime: 0,
  })
  if (order.isError) return <ProblemView problem={order.error} onAgain={() => void order.refetch()} />
  if (!order.data) return <Skeleton active paragraph={{ rows: 2 }} />
  const choices = splittable(order.data)
  if (choices.length === 0) return <p className="dim">{t('splitNothing')}</p>
  const put = (line_no: number, quantity: number) => {
    const others = lines.filter((line) => line.line_no !== line_no)
    onLines(quantity > 0 ? [...others, { line_no, quantity }].sort((a, b) => a.line_no - b.line_no) : others)
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>{t('goods')}</th>
          <th>{t('planned')}</th>
          <th>{t('splitOff')}</th>
        </tr>
      </thead>
      <tbody>
        {choices.map((line, index) => (
          <tr key={line.line_no}>
            <td>
              {line.name} <span className="mono dim">{line.code}</span>
            </td>
            <td>{number(line.units)}</td>
            <td>
              <InputNumber
                autoFocus={index === 0}
                aria-label={`${t('splitOff')} ${line.code || line.name}`}
                min={0}
                max={line.units}
                precision={0}
                value={lines.find((one) => one.line_no === line.line_no)?.quantity ?? 0}
                onChange={(value) => {
                  put(line.line_no, value ?? 0)
                }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
