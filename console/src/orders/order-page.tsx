import { ArrowLeftOutlined } from '@ant-design/icons'
import { Link, useParams } from 'react-router'
import { Page, PageSkeleton } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { useWords } from '@/i18n/words'
import { OrderActions } from './order/actions-bar'
import { OrderBody } from './order/order-body'
import { OrderHead } from './order/order-head'
import { useOrder } from './order/queries'
import { orderWords } from './words'

/** One order as a page of its own: what a link opens. */
export default function OrderPage() {
  const t = useWords(orderWords)
  const { id = '' } = useParams()
  const { data: order, isError, error, refetch } = useOrder(id)
  if (isError) return <ProblemView problem={error} onAgain={() => void refetch()} />
  if (!order) return <PageSkeleton />
  return (
    <Page title={order.order_no} actions={<OrderActions order={order} hasKeys />}>
      <div>
        <Link to="/orders">
          <ArrowLeftOutlined /> {t('back')}
        </Link>
      </div>
      <OrderHead order={order} />
      <OrderBody order={order} />
    </Page>
  )
}
