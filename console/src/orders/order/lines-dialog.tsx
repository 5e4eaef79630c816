import { DeleteOutlined, PlusOutlined, UndoOutlined } from '@ant-design/icons'
import { Button, InputNumber } from 'antd'
import { useState, type ReactNode } from 'react'
import { isNewer } from '@/api/problems'
import { MineOrTheirs } from '@/frame/mine-or-theirs'
import { useWords } from '@/i18n/words'
import type { Order, OrderLine } from '../shapes'
import { EditFrame } from './edit-frame'
import { editWords } from './edit-words'
import {
  bodyOf,
  clashesAfter,
  draftsOf,
  editableLines,
  mergedDrafts,
  sideOf,
  taken,
  type Clash,
  type GiftDraft,
  type LineDraft,
  type Side,
} from './line-edits'
import { SkuInput } from './sku-input'
import { useLinesEdit } from './use-edits'
import styles from './order.module.css'

interface Props {
  order: Order
  onClose: () => void
}

/** What is written upon which order, and where somebody else wrote something else meanwhile. */
interface Edited {
  base: Order
  drafts: readonly LineDraft[]
  clashes: readonly Clash[]
  hasTheirs: boolean
}

const GIFTS_MAX = 1000

/** What shall be sent: fewer units, other goods, gifts. */
export default function LinesDialog({ order, onClose }: Props) {
  const t = useWords(editWords)
  const [{ base, drafts, clashes, hasTheirs }, setEdited] = useState<Edited>(() => ({
    base: order,
    drafts: draftsOf(order),
    clashes: [],
    hasTheirs: false,
  }))
  const [gifts, setGifts] = useState<GiftDraft[]>([])
  const save = useLinesEdit(base, {
    onNewer: (now) => {
      // Of the drafts as they are by then: one may have typed on while the other version was read.
      setEdited((newest) =>
        now === null
          ? { ...newest, hasTheirs: false }
          : { base: now, ...mergedDrafts(newest.base, newest.drafts, now), hasTheirs: true },
      )
    },
    onDone: onClose,
  })
  const body = bodyOf(base, drafts, gifts)
  const isReady = body.lines.length + body.gifts.length > 0
  const put = (draft: LineDraft) => {
    setEdited((before) => ({
      ...before,
      drafts: before.drafts.map((one) => (one.line_no === draft.line_no ? draft : one)),
      clashes: clashesAfter(before.clashes, draft),
    }))
  }
  const submit = () => {
    if (isReady) save.mutate(body)
  }
  return (
    <EditFrame
      title={`${t('editLines')} ${order.order_no}`}
      width={640}
      draft={[drafts, gifts]}
      isReady={isReady}
      isSaving={save.isPending}
      news={hasTheirs && t('mergedWithTheirs')}
      problem={hasTheirs && isNewer(save.error) ? null : save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="dim">{t('linesHint')}</p>
      {editableLines(base).map((line, index) => {
        const draft = drafts.find((one) => one.line_no === line.line_no)
        if (!draft) return null
        const clash = clashes.find((one) => one.line_no === line.line_no)
        return (
          <LineRow key={line.line_no} line={line} draft={draft} isFirst={index === 0} onDraft={put}>
            {clash && (
              <Choice
                clash={clash}
                draft={draft}
                onSide={(side) => {
                  setEdited((before) => ({ ...before, drafts: taken(before.drafts, clash, side) }))
                }}
              />
            )}
          </LineRow>
        )
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
    </EditFrame>
  )
}

interface LineRowProps {
  line: OrderLine
  draft: LineDraft
  isFirst: boolean
  onDraft: (draft: LineDraft) => void
  /** What somebody else made of it meanwhile. */
  children: ReactNode
}

function LineRow({ line, draft, isFirst, onDraft, children }: LineRowProps) {
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
      {children}
    </fieldset>
  )
}

interface ChoiceProps {
  clash: Clash
  draft: LineDraft
  onSide: (side: Side) => void
}

/** Both have changed this line: mine or theirs, for this line alone. */
function Choice({ clash, draft, onSide }: ChoiceProps) {
  const t = useWords(editWords)
  const shown = ({ quantity, sku }: LineDraft) => `${quantity} × ${sku}`
  const field = String(clash.line_no)
  return (
    <div className={styles.theirs} role="alert">
      <MineOrTheirs
        field={field}
        label={t('lineClash')}
        spoken={`${t('lineClash')} ${clash.line_no}`}
        mine={shown(clash.mine)}
        theirs={shown(clash.theirs)}
        kept={new Set(sideOf(clash, draft) === 'mine' ? [field] : [])}
        onKept={(kept) => {
          onSide(kept.has(field) ? 'mine' : 'theirs')
        }}
      />
    </div>
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
