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

type Which = 'in_force' | 'platform'

interface Shown {
  name: string
  phone: string
  province: string
  city: string
  district: string
}

/** Who gets it: masked; shown clear for a purpose, which is logged. Beside an edit of ours the platform's receiver is shown as well. */
export function Receiver({ order }: { order: Order }) {
  const e = useWords(editWords)
  const { is_receiver_edited: isEdited, platform_receiver: theirs } = order.edits
  const ours = { ...order, name: order.receiver_name, phone: order.receiver_phone }
  return (
    <div className={styles.receiver}>
      <Person no={order.order_no} which="in_force" shown={ours} label={theirs ? e('ourReceiver') : ''} />
      {isEdited && <span className={styles.small}>{e('editedByUs')}</span>}
      {theirs && <Person no={order.order_no} which="platform" shown={theirs} label={e('platformReceiver')} />}
      <div className={styles.row}>
        <AddressEditing order={order} />
      </div>
    </div>
  )
}

/** One receiver. Nothing clear is kept when the page is left. */
function Person({ no, which, shown, label }: { no: string; which: Which; shown: Shown; label: string }) {
  const t = useWords(orderWords)
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const [clear, setClear] = useState<Clear | null>(null)
  const place = [shown.province, shown.city, shown.district].filter(Boolean).join(' ')
  return (
    <div className={styles.receiver} role="group" aria-label={label || t('receiver')}>
      {label && <span className={styles.small}>{label}</span>}
      <div>
        <strong>{clear?.name ?? shown.name}</strong> <span className="mono">{clear?.phone ?? shown.phone}</span>
      </div>
      <div>
        {place}
        {clear && ` ${clear.detail}`}
      </div>
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
      {isAsking && (
        <RevealDialog
          orderNo={no}
          which={which}
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
  which: Which
  onClose: () => void
  onClear: (clear: Clear) => void
}

function RevealDialog({ orderNo, which, onClose, onClear }: RevealProps) {
  const t = useWords(orderWords)
  const f = useWords(frameWords)
  const purposes = [t('purposeCall'), t('purposeCarrier'), t('purposeComplaint')]
  const [purpose, setPurpose] = useState(purposes[0])
  useKeys([], { isModal: true })
  const reveal = useMutation({
    mutationFn: async () =>
      given(await api.POST('/api/v1/receiver-reveals', { body: { order_no: orderNo, purpose: purpose ?? '', which } })),
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
