import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { EditFrame } from './edit-frame'
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
  const [base, setBase] = useState(order)
  const [isNewer, setNewer] = useState(false)
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [detail, setDetail] = useState('')
  const [region, setRegion] = useState<RegionNames | null>(null)
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
    <EditFrame
      title={`${t('editAddress')} ${order.order_no}`}
      width={560}
      draft={[name, phone, detail, region]}
      isReady={isReady}
      isSaving={save.isPending}
      news={isNewer && t('changedMeanwhile')}
      problem={save.error}
      onSubmit={submit}
      onClose={onClose}
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
    </EditFrame>
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
