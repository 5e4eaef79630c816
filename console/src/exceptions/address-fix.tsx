import { lazy, Suspense } from 'react'
import { useOrder } from '@/orders/order/queries'

const AddressDialog = lazy(() => import('@/orders/order/address-dialog'))

/** The address of an order that waits for a better one, to be edited without leaving the list. */
export function AddressFix({ orderId, onClose }: { orderId: string; onClose: () => void }) {
  const { data: order } = useOrder(orderId)
  if (!order) return null
  return (
    <Suspense>
      <AddressDialog order={order} onClose={onClose} />
    </Suspense>
  )
}
