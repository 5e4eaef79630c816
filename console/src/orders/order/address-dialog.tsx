import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { Clashes, MineOrTheirs } from '@/frame/mine-or-theirs'
import { useMerge } from '@/frame/use-merge'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { bodyOf, clashesOf, mergedOf, NOTHING_WRITTEN, sidesOf, type AddressDraft } from './address-edits'
import { EditFrame } from './edit-frame'
import { editWords } from './edit-words'
import { readOrder } from './queries'
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
  const edit = useAddressEdit(order)
  const merge = useMerge<AddressDraft, Order>({
    first: () => ({ base: order, draft: NOTHING_WRITTEN }),
    save: ({ base, draft }) => edit.save(base, bodyOf(draft)),
    onSaved: (_, base) => {
      edit.tell(base)
      onClose()
    },
    reread: () => readOrder(order.id),
    clashesOf,
    mergedOf,
  })
  const { base, draft, theirs } = merge
  const { name, phone, detail, region } = draft
  const isWhole = Boolean(name.trim() && phone.trim() && detail.trim())
  const isReady = base.is_receiver_masked ? isWhole : Object.keys(bodyOf(draft)).length > 0
  const put = (change: Partial<AddressDraft>) => {
    merge.setDraft((before) => ({ ...before, ...change }))
  }
  const submit = () => {
    if (theirs) merge.take()
    else if (isReady) merge.save()
  }
  const place = [base.province, base.city, base.district].filter(Boolean).join(' / ')
  const stays = (now: string) => (base.is_receiver_masked ? '' : t('unchanged', { now }))
  return (
    <EditFrame
      title={`${t('editAddress')} ${order.order_no}`}
      width={560}
      draft={draft}
      isReady={isReady}
      isMerging={theirs !== null}
      isSaving={merge.isSaving}
      news={!theirs && merge.isMerged && t('changedMeanwhile')}
      problem={merge.problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {theirs ? (
        <AddressConflict base={base} mine={draft} theirs={theirs} kept={merge.kept} onKept={merge.setKept} />
      ) : (
        <>
          <p className="dim">{t(base.is_receiver_masked ? 'maskedHint' : 'addressHint')}</p>
          <PasteBox
            onRead={(found) => {
              merge.setDraft((before) => ({
                name: found.name || before.name,
                phone: found.phone || before.phone,
                detail: found.detail || before.detail,
                region: found.province
                  ? { province: found.province, city: found.city, district: found.district }
                  : before.region,
              }))
            }}
          />
          <div className={styles.pair}>
            <Text
              label={t('name')}
              placeholder={stays(base.receiver_name)}
              value={name}
              onValue={(value) => {
                put({ name: value })
              }}
              max={64}
            />
            <Text
              label={t('phone')}
              placeholder={stays(base.receiver_phone)}
              value={phone}
              onValue={(value) => {
                put({ phone: value })
              }}
              max={32}
            />
          </div>
          <RegionPicker
            country={base.country}
            value={region}
            onValue={(value) => {
              put({ region: value })
            }}
          />
          {!region && place && <p className={styles.small}>{t('unchanged', { now: place })}</p>}
          <Text
            label={t('detail')}
            placeholder={base.is_receiver_masked ? '' : t('detailUnchanged')}
            value={detail}
            onValue={(value) => {
              put({ detail: value })
            }}
            max={300}
          />
        </>
      )}
    </EditFrame>
  )
}

interface ConflictProps {
  base: Order
  mine: AddressDraft
  theirs: Order
  /** Fields of which one's own stays. */
  kept: ReadonlySet<string>
  onKept: (kept: ReadonlySet<string>) => void
}

/** Somebody gave the order another receiver meanwhile: of each field that is written here, mine or theirs. */
function AddressConflict({ base, mine, theirs, kept, onKept }: ConflictProps) {
  const t = useWords(editWords)
  return (
    <Clashes>
      {clashesOf(base, mine, theirs).map((field) => (
        <MineOrTheirs
          key={field}
          field={field}
          label={t(field)}
          {...sidesOf(field, mine, theirs)}
          kept={kept}
          onKept={onKept}
        />
      ))}
    </Clashes>
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
