import { DeleteOutlined, PlusOutlined, UndoOutlined } from '@ant-design/icons'
import { Alert, Button, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import type { Order, OrderLine } from '../shapes'
import { editWords } from './edit-words'
import { bodyOf, draftsOf, editableLines, type GiftDraft, type LineDraft } from './line-edits'
import { SkuInput } from './sku-input'
import { useLinesEdit } from './use-edits'
import styles from './order.module.css'

interface Props {
  order: Order
  onClose: () => void
}

const GIFTS_MAX = 1000

/** What shall be sent: fewer units, other goods, gifts. */
export default function LinesDialog({ order, onClose }: Props) {
  const t = useWords(editWords)
  const f = useWords(frameWords)
  const [base, setBase] = useState(order)
  const [isNewer, setNewer] = useState(false)
  const [drafts, setDrafts] = useState(() => draftsOf(order))
  const [gifts, setGifts] = useState<GiftDraft[]>([])
  useKeys([], { isModal: true })
  const save = useLinesEdit(base, {
    onNewer: (now) => {
      setBase(now)
      setDrafts(draftsOf(now))
      setNewer(true)
    },
    onDone: onClose,
  })
  const body = bodyOf(base, drafts, gifts)
  const isReady = body.lines.length + body.gifts.length > 0
  const put = (draft: LineDraft) => {
    setDrafts(drafts.map((one) => (one.line_no === draft.line_no ? draft : one)))
  }
  const submit = () => {
    if (isReady) save.mutate(body)
  }
  return (
    <Modal
      open
      title={`${t('editLines')} ${order.order_no}`}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: save.isPending, disabled: !isReady }}
      onOk={submit}
      onCancel={onClose}
      width={640}
    >
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="dim">{t('linesHint')}</p>
        {editableLines(base).map((line, index) => {
          const draft = drafts.find((one) => one.line_no === line.line_no)
          return draft && <LineRow key={line.line_no} line={line} draft={draft} isFirst={index === 0} onDraft={put} />
        })}
        {gifts.map((gift) => (
          <GiftRow
            key={gift.key}
            gift={gift}
            onGift={(changed) => {
              setGifts(gifts.map((one) => (one.key === gift.key ? changed : one)))
            }}
            onRemove={() => {
              setGifts(gifts.filter((one) => one.key !== gift.key))
            }}
          />
        ))}
        <div>
          <Button
            icon={<PlusOutlined />}
            onClick={() => {
              setGifts([...gifts, { key: Date.now(), sku: '', quantity: 1 }])
            }}
          >
            {t('addGift')}
          </Button>
        </div>
        <button type="submit" hidden />
      </form>
      {isNewer && <Alert type="warning" showIcon title={t('changedMeanwhile')} />}
      {save.isError && !(save.error instanceof ApiProblem && save.error.isConflict) && (
        <ProblemView problem={save.error} />
      )}
    </Modal>
  )
}

interface LineRowProps {
  line: OrderLine
  draft: LineDraft
  isFirst: boolean
  onDraft: (draft: LineDraft) => void
}

function LineRow({ line, draft, isFirst, onDraft }: LineRowProps) {
  const t = useWords(editWords)
  const bought = line.bought_sku_code
  return (
    <fieldset className={styles.editRow} data-out={draft.quantity === 0}>
      <legend>
        {line.kind === 'gift' && `${t('gift')} · `}
        {line.sku_name ?? line.title}
      </legend>
      <div className={styles.editSku}>
        <SkuInput
          label={`${t('goodsToSend')} ${line.line_no}`}
          value={draft.sku}
          onValue={(sku) => {
            onDraft({ ...draft, sku })
          }}
        />
        {bought && draft.sku !== bought && (
          <Button
            type="link"
            size="small"
            icon={<UndoOutlined />}
            onClick={() => {
              onDraft({ ...draft, sku: bought })
            }}
          >
            {t('backToBought', { sku: bought })}
          </Button>
        )}
      </div>
      <div className={styles.editUnits}>
        <InputNumber
          aria-label={`${t('send')} ${line.line_no}`}
          autoFocus={isFirst}
          min={0}
          max={line.quantity}
          precision={0}
          value={draft.quantity}
          onChange={(quantity) => {
            onDraft({ ...draft, quantity: quantity ?? 0 })
          }}
        />
        <span className={styles.small}>{t('ofBought', { n: line.quantity })}</span>
      </div>
    </fieldset>
  )
}

interface GiftRowProps {
  gift: GiftDraft
  onGift: (gift: GiftDraft) => void
  onRemove: () => void
}

function GiftRow({ gift, onGift, onRemove }: GiftRowProps) {
  const t = useWords(editWords)
  return (
    <fieldset className={styles.editRow}>
      <legend>{t('gift')}</legend>
      <div className={styles.editSku}>
        <SkuInput
          autoFocus
          label={t('gift')}
          value={gift.sku}
          onValue={(sku) => {
            onGift({ ...gift, sku })
          }}
        />
      </div>
      <div className={styles.editUnits}>
        <InputNumber
          aria-label={t('send')}
          min={1}
          max={GIFTS_MAX}
          precision={0}
          value={gift.quantity}
          onChange={(quantity) => {
            onGift({ ...gift, quantity: quantity ?? 1 })
          }}
        />
        <Button type="text" icon={<DeleteOutlined />} aria-label={t('removeGift')} onClick={onRemove} />
      </div>
    </fieldset>
  )
}
