import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { editWords } from './edit-words'
import { RegionPicker, type RegionNames } from './region-picker'
import { useAddressEdit } from './use-edits'
import styles from './order.module.css'

interface Props {
  order: Order
  onClose: () => void
}

/** Another receiver. Nothing of the present one is shown but his masks: an empty field stays as it is. */
export default function AddressDialog({ order, onClose }: Props) {
  const t = useWords(editWords)
  const f = useWords(frameWords)
  const [base, setBase] = useState(order)
  const [isNewer, setNewer] = useState(false)
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [detail, setDetail] = useState('')
  const [region, setRegion] = useState<RegionNames | null>(null)
  useKeys([], { isModal: true })
  const save = useAddressEdit(base, {
    onNewer: (now) => {
      setBase(now)
      setNewer(true)
    },
    onDone: onClose,
  })
  const isWhole = Boolean(name.trim() && phone.trim() && detail.trim())
  const isReady = base.is_receiver_masked ? isWhole : Boolean(name.trim() || phone.trim() || detail.trim() || region)
  const submit = () => {
    if (!isReady) return
    save.mutate({
      ...(name.trim() && { name: name.trim() }),
      ...(phone.trim() && { phone: phone.trim() }),
      ...(detail.trim() && { detail: detail.trim() }),
      ...(region ?? {}),
    })
  }
  const place = [base.province, base.city, base.district].filter(Boolean).join(' / ')
  const stays = (now: string) => (base.is_receiver_masked ? '' : t('unchanged', { now }))
  return (
    <Modal
      open
      title={`${t('editAddress')} ${order.order_no}`}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: save.isPending, disabled: !isReady }}
      onOk={submit}
      onCancel={onClose}
      width={560}
    >
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="dim">{t(base.is_receiver_masked ? 'maskedHint' : 'addressHint')}</p>
        <PasteBox
          onRead={(found) => {
            setName(found.name || name)
            setPhone(found.phone || phone)
            setDetail(found.detail || detail)
            if (found.province) setRegion({ province: found.province, city: found.city, district: found.district })
          }}
        />
        <div className={styles.pair}>
          <Text label={t('name')} placeholder={stays(base.receiver_name)} value={name} onValue={setName} max={64} />
          <Text label={t('phone')} placeholder={stays(base.receiver_phone)} value={phone} onValue={setPhone} max={32} />
        </div>
        <RegionPicker country={base.country} value={region} onValue={setRegion} />
        {!region && place && <p className={styles.small}>{t('unchanged', { now: place })}</p>}
        <Text
          label={t('detail')}
          placeholder={base.is_receiver_masked ? '' : t('detailUnchanged')}
          value={detail}
          onValue={setDetail}
          max={300}
        />
        <button type="submit" hidden />
      </form>
      {isNewer && <Alert type="warning" showIcon title={t('changedMeanwhile')} />}
      {save.isError && !(save.error instanceof ApiProblem && save.error.isConflict) && (
        <ProblemView problem={save.error} />
      )}
    </Modal>
  )
}

interface TextProps {
  label: string
  placeholder: string
  value: string
  max: number
  onValue: (value: string) => void
}

function Text({ label, placeholder, value, max, onValue }: TextProps) {
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <Input
        autoComplete="off"
        maxLength={max}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          onValue(event.target.value)
        }}
      />
    </label>
  )
}

interface Found extends RegionNames {
  name: string
  phone: string
  detail: string
}

function PasteBox({ onRead }: { onRead: (found: Found) => void }) {
  const t = useWords(editWords)
  const [text, setText] = useState('')
  const read = useMutation({
    mutationFn: async (text: string) => given(await api.POST('/api/v1/receiver-texts', { body: { text } })),
    onSuccess: ({ name = '', phone = '', province = '', city = '', district = '', detail = '' }) => {
      onRead({ name, phone, province, city, district, detail })
    },
  })
  const start = (given: string) => {
    if (given.trim()) read.mutate(given)
  }
  return (
    <label className={styles.field}>
      <span>{t('paste')}</span>
      <div className={styles.paste}>
        <Input.TextArea
          autoFocus
          rows={2}
          maxLength={500}
          placeholder={t('pasteHint')}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
          }}
          onPaste={(event) => {
            start(event.clipboardData.getData('text'))
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            start(text)
          }}
        />
        <Button
          loading={read.isPending}
          onClick={() => {
            start(text)
          }}
        >
          {t('read')}
        </Button>
      </div>
      {read.isSuccess && !read.data.province && <span className={styles.bad}>{t('unread')}</span>}
    </label>
  )
}
