import { EyeOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { AddressEditing } from './edit-buttons'
import { editWords } from './edit-words'
import styles from './order.module.css'

type Clear = components['schemas']['ReceiverView']

/** Who gets it: masked; shown clear for a purpose, which is logged. Nothing clear is kept when the page is left. */
export function Receiver({ order }: { order: Order }) {
  const t = useWords(orderWords)
  const e = useWords(editWords)
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const [clear, setClear] = useState<Clear | null>(null)
  const place = [order.province, order.city, order.district].filter(Boolean).join(' ')
  return (
    <div className={styles.receiver}>
      <div>
        <strong>{clear?.name ?? order.receiver_name}</strong>{' '}
        <span className="mono">{clear?.phone ?? order.receiver_phone}</span>
      </div>
      <div>
        {place}
        {clear && ` ${clear.detail}`}
      </div>
      {order.edits.is_receiver_edited && <span className={styles.small}>{e('editedByUs')}</span>}
      <div className={styles.row}>
        {!clear && may('reveal') && (
          <Button
            size="small"
            icon={<EyeOutlined />}
            onClick={() => {
              setAsking(true)
            }}
          >
            {t('reveal')}
          </Button>
        )}
        <AddressEditing order={order} />
      </div>
      {isAsking && (
        <RevealDialog
          orderNo={order.order_no}
          onClose={() => {
            setAsking(false)
          }}
          onClear={(given) => {
            setClear(given)
            setAsking(false)
          }}
        />
      )}
    </div>
  )
}

interface RevealProps {
  orderNo: string
  onClose: () => void
  onClear: (clear: Clear) => void
}

function RevealDialog({ orderNo, onClose, onClear }: RevealProps) {
  const t = useWords(orderWords)
  const f = useWords(frameWords)
  const purposes = [t('purposeCall'), t('purposeCarrier'), t('purposeComplaint')]
  const [purpose, setPurpose] = useState(purposes[0])
  useKeys([], { isModal: true })
  const reveal = useMutation({
    mutationFn: async () =>
      given(await api.POST('/api/v1/receiver-reveals', { body: { order_no: orderNo, purpose: purpose ?? '' } })),
    onSuccess: onClear,
  })
  return (
    <Modal
      open
      title={t('revealTitle')}
      okText={t('reveal')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: reveal.isPending }}
      onOk={() => {
        reveal.mutate()
      }}
      onCancel={onClose}
      width={440}
    >
      <p className="dim">{t('revealHint')}</p>
      <Radio.Group
        vertical
        aria-label={t('purpose')}
        value={purpose}
        onChange={(event) => {
          setPurpose(event.target.value as string)
        }}
        options={purposes.map((text) => ({ value: text, label: text }))}
        style={{ marginTop: 12 }}
      />
      {reveal.isError && <ProblemView problem={reveal.error} />}
    </Modal>
  )
}
