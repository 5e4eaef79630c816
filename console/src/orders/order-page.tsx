import { useParams } from 'react-router'
import { Page, PageSkeleton } from '@/frame/page'
import { troubleOf } from '@/frame/use-reading'
import { useWords } from '@/i18n/words'
import { NeighbourBar } from './neighbour-bar'
import { OrderActions } from './order/actions-bar'
import { OrderBody } from './order/order-body'
import { OrderHead } from './order/order-head'
import { useOrder } from './order/queries'
import { orderWords } from './words'

/** One order as a page of its own: what a link opens. */
export default function OrderPage() {
  const t = useWords(orderWords)
  const { id = '' } = useParams()
  const query = useOrder(id)
  const { data: order } = query
  const trouble = troubleOf(query)
  if (trouble && !order)
    return (
      <Page title={t('title')}>
        <NeighbourBar id={id} />
        {trouble}
      </Page>
    )
  if (!order) return <PageSkeleton />
  // Keyed: what somebody was writing about one order never comes along to the next.
  return (
    <Page key={order.id} title={order.order_no} actions={<OrderActions order={order} hasKeys />}>
      <NeighbourBar id={id} />
      {trouble}
      <OrderHead order={order} />
      <OrderBody order={order} />
    </Page>
  )
}
