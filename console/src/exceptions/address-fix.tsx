import { Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useKeys } from '@/frame/keys'
import { later } from '@/frame/later'
import { ProblemView } from '@/frame/problem-view'
import { useWords } from '@/i18n/words'
import { editWords } from '@/orders/order/edit-words'
import { useOrder } from '@/orders/order/queries'

const AddressDialog = later(() => import('@/orders/order/address-dialog').then((it) => it.default))
const AT_ONCE_MS = 300

interface Props {
  orderId: string
  onClose: () => void
}

/** The address of an order that waits for a better one, to be edited without leaving the list. */
export function AddressFix({ orderId, onClose }: Props) {
  const { data: order, isError, error, refetch } = useOrder(orderId)
  if (order) return <AddressDialog order={order} onClose={onClose} />
  return <Reading problem={isError ? error : null} onAgain={() => void refetch()} onClose={onClose} />
}

interface ReadingProps {
  problem: Error | null
  onAgain: () => void
  onClose: () => void
}

/** Stands in the dialog's place until the order is there. Nothing flashes where that is at once, but the page has lost its keys already. */
function Reading({ problem, onAgain, onClose }: ReadingProps) {
  const t = useWords(editWords)
  const [isShown, setShown] = useState(false)
  useKeys([], { isModal: true })
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setShown(true)
    }, AT_ONCE_MS)
    return () => {
      window.clearTimeout(timer)
    }
  }, [])
  if (!isShown && !problem) return null
  return (
    <Modal open title={t('editAddress')} footer={null} width={560} loading={!problem} onCancel={onClose}>
      {problem && <ProblemView problem={problem} onAgain={onAgain} />}
    </Modal>
  )
}
