import { EditOutlined, RollbackOutlined } from '@ant-design/icons'
import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useMay } from '@/api/me'
import { useKeys } from '@/frame/keys'
import { later } from '@/frame/later'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { editWords } from './edit-words'
import { editableLines, isEditable } from './line-edits'
import { useRestore } from './use-edits'

const AddressDialog = later(() => import('./address-dialog').then((it) => it.default))
const LinesDialog = later(() => import('./lines-dialog').then((it) => it.default))

/** Opens the dialog by button or key, where this person may edit this order at this moment. */
function useOpening(order: Order, key: string, says: string) {
  const may = useMay()
  const [isOpen, setOpen] = useState(false)
  const isAllowed = may('edit_order') && isEditable(order)
  const open = () => {
    setOpen(true)
  }
  useKeys([{ key, says, run: open }], { isOn: isAllowed && !isOpen })
  const close = () => {
    setOpen(false)
  }
  return { isAllowed, isOpen, open, close }
}

/** Edit the address, and take the platform's back. */
export function AddressEditing({ order }: { order: Order }) {
  const t = useWords(editWords)
  const f = useWords(frameWords)
  const restore = useRestore(order)
  const { isAllowed, isOpen, open, close } = useOpening(order, 'e', t('editAddress'))
  if (!isAllowed) return null
  return (
    <>
      <Button size="small" icon={<EditOutlined />} onClick={open}>
        {t('editAddress')}
      </Button>
      {order.edits.is_receiver_edited && (
        <Popconfirm
          title={t('restore')}
          okText={t('restore')}
          cancelText={f('cancel')}
          onConfirm={() => {
            restore.mutate()
          }}
        >
          <Button size="small" icon={<RollbackOutlined />} loading={restore.isPending}>
            {t('restore')}
          </Button>
        </Popconfirm>
      )}
      {isOpen && <AddressDialog order={order} onClose={close} />}
    </>
  )
}

/** Edit what is sent. */
export function LinesEditing({ order }: { order: Order }) {
  const t = useWords(editWords)
  const { isAllowed, isOpen, open, close } = useOpening(order, 'g', t('editLines'))
  if (!isAllowed || editableLines(order).length === 0) return null
  return (
    <>
      <Button size="small" icon={<EditOutlined />} onClick={open}>
        {t('editLines')}
      </Button>
      {isOpen && <LinesDialog order={order} onClose={close} />}
    </>
  )
}
