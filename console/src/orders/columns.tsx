import { CheckOutlined, CommentOutlined, MessageOutlined } from '@ant-design/icons'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from 'react-router'
import { useEnum } from '@/api/enums'
import { Pill } from '@/frame/pill'
import type { Column } from '@/grid/columns'
import { instant, instantWhole, money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { fieldName } from '@/lists/filter-words'
import type { Field } from '@/lists/filters'
import { Deadline } from './deadline'
import { FlagMark, FlagName } from './flag-mark'
import { ORDER_TONES, type OrderRow } from './shapes'
import { orderWords } from './words'

const WIDTHS: Record<string, number> = {
  order_no: 186,
  state: 104,
  waits_for: 130,
  hold: 200,
  shop: 126,
  goods: 224,
  platform_order_no: 184,
  ship_by_at: 124,
  paid_minor: 104,
  receiver: 84,
  phone: 128,
  province: 100,
  city: 92,
  warehouse: 96,
  carrier: 84,
  tracking_no: 170,
}
const WIDTH_BY_KIND: Record<string, number> = {
  instant: 112,
  money: 104,
  number: 84,
  flag: 84,
  enum: 128,
  id: 170,
  text: 140,
}
/** Sellers' flags by number, as platforms have them. */
const COLOURS: Record<number, 'flagRed' | 'flagYellow' | 'flagGreen' | 'flagBlue' | 'flagPurple'> = {
  1: 'flagRed',
  2: 'flagYellow',
  3: 'flagGreen',
  4: 'flagBlue',
  5: 'flagPurple',
}
/** Where a row keeps what a field asks about, when the names differ. Fields without a place in the row are for filters only. */
const KEYS: Record<string, string> = {
  hold: 'holds',
  receiver: 'receiver_name',
  phone: 'receiver_phone',
  warehouse: 'warehouses',
  carrier: 'carriers',
  tracking_no: 'tracking_nos',
  is_printed: 'printed',
}
const FILTERS_ONLY = new Set([
  'sku',
  'sku_name',
  'has_remark',
  'is_unmapped',
  'waits_to_merge',
  'is_split',
  'answer_unknown',
  'to_print',
  'release_wait_s',
  'deadline',
  'planned_warehouse',
  'working_warehouse',
  'is_untouched',
])
const valueOf = (row: OrderRow, field: Field): unknown => row[KEYS[field.name] ?? field.name]
const GONE = new Set(['shipped', 'delivered', 'cancelled'])
/** What one reads first, in this order; the other fields follow as the API lists them. */
const FIRST = [
  'order_no',
  'state',
  'hold',
  'ship_by_at',
  'paid_minor',
  'goods',
  'shop',
  'receiver',
  'province',
  'city',
  'warehouse',
  'carrier',
  'placed_at',
  'platform_order_no',
]
const EXTRA = new Set(['waits_for'])
const place = (field: Field) => FIRST.indexOf(field.name) + 1 || FIRST.length + 1
const PINNED = new Set(['order_no'])
const SHOP = 'shop'
/** An icon beside an order's number, with the space before it. */
const ICON_PX = 20
/** A pill's icon and edges. */
const PILL_PX = 30

/** The text by which a row is gathered in groups, as the API has it. */
export function groupKey(row: OrderRow, field: Field): string {
  const value = valueOf(row, field)
  if (field.kind === 'flag') return String(value === true || Number(value) > 0)
  return Array.isArray(value) ? value.map(String).sort().join('|') : textOf(value)
}

const textOf = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : Array.isArray(value)
      ? value.map(String).join(' ')
      : String(value as string)

/** Columns of the order grid, made of the list's fields: a new field of the API shows up by itself. */
export function useOrderColumns(fields: readonly Field[], onOpen: (id: string) => void): Column<OrderRow>[] {
  const t = useWords(orderWords)
  const { i18n } = useTranslation()
  const reason = useEnum('reason')
  const state = useEnum('order_state')
  const orders = useHref('/orders')
  return useMemo(() => {
    const word = (field: Field, code: string): string => {
      const found = field.values?.find((one) => one.code === code)
      if (found) return i18n.language === 'zh' ? found.zh : found.en
      return field.name === 'state' ? state(code) : field.name === 'waits_for' ? reason(code) : code
    }
    const plain = (field: Field, row: OrderRow): string => {
      const value = valueOf(row, field)
      if (field.name === SHOP) return textOf(row.shop_name) || textOf(value)
      if (value === null || value === undefined || value === '') return ''
      if (field.name === 'flag' && value === 0) return ''
      if (field.kind === 'instant') return instant(textOf(value))
      if (field.kind === 'money') return money(Number(value), textOf(row.currency) || 'CNY')
      if (field.kind === 'number') return number(Number(value))
      if (field.name === 'goods') return goodsText(value)
      if (field.kind === 'flag') return value === true || Number(value) > 0 ? '✓' : ''
      if (Array.isArray(value)) return value.map((one) => word(field, String(one))).join(' · ')
      return field.kind === 'enum' ? word(field, textOf(value)) : textOf(value)
    }
    const flags = fields.find((field) => field.name === 'flag')
    const flagName = (flag: unknown) => (flags ? word(flags, String(flag as number)) : '')
    const special: Record<string, (row: OrderRow, field: Field) => ReactNode> = {
      order_no: (row) => (
        <>
          {drawLink(row, orders, onOpen)}
          {marksOf(row).length > 0 && (
            <span className="dim">
              {' '}
              {Number(row.flag) > 0 && <FlagMark flag={Number(row.flag)} name={flagName(row.flag)} />}
              {row.has_buyer_remark === true && <MessageOutlined title={t('buyerRemark')} />}
              {row.has_seller_remark === true && <CommentOutlined title={t('sellerRemark')} />}
            </span>
          )}
        </>
      ),
      state: (row, field) => (
        <Pill tone={ORDER_TONES[textOf(row.state)] ?? 'quiet'}>{word(field, textOf(row.state))}</Pill>
      ),
      flag: (row) => (Number(row.flag) > 0 ? <FlagName flag={Number(row.flag)} name={flagName(row.flag)} /> : null),
      seller_flag: (row) =>
        Number(row.seller_flag) in COLOURS ? (
          <FlagName flag={Number(row.seller_flag)} name={t(COLOURS[Number(row.seller_flag)] ?? 'flagRed')} />
        ) : null,
      ship_by_at: (row) => <Deadline at={textOf(row.ship_by_at) || null} isOver={GONE.has(textOf(row.state))} />,
    }
    const extra: Record<string, (row: OrderRow) => number> = {
      state: () => PILL_PX,
      // Of an order that is gone the instant is told, as its text is; else what time is left.
      ship_by_at: (row) => (GONE.has(textOf(row.state)) ? 0 : Infinity),
      order_no: (row) => marksOf(row).length * ICON_PX,
    }
    return fields
      .filter((field) => !FILTERS_ONLY.has(field.name))
      .sort((a, b) => place(a) - place(b))
      .map((field): Column<OrderRow> => {
        const draw = special[field.name] ?? (field.kind === 'flag' ? drawFlag : null)
        return {
          id: field.name,
          title: fieldName(field),
          width: WIDTHS[field.name] ?? WIDTH_BY_KIND[field.kind] ?? 130,
          align: field.kind === 'money' || field.kind === 'number' ? 'end' : undefined,
          isPinned: PINNED.has(field.name),
          isSortable: field.is_sortable,
          isGroupable: field.is_groupable,
          isExtra: !field.is_default || EXTRA.has(field.name),
          text: (row) => plain(field, row),
          render: draw ? (row) => draw(row, field) : undefined,
          extra: extra[field.name],
          whole: field.kind === 'instant' && !draw ? (row) => instantWhole(textOf(valueOf(row, field))) : undefined,
        }
      })
  }, [fields, onOpen, orders, t, i18n.language, state, reason])
}

interface Goods {
  sku: string
  name: string
  quantity: number
}

function goodsText(value: unknown): string {
  return (value as Goods[])
    .map((one) => `${one.name || one.sku}${one.quantity > 1 ? ` × ${one.quantity}` : ''}`)
    .join(', ')
}

function drawFlag(row: OrderRow, field: Field): ReactNode {
  return valueOf(row, field) === true || Number(valueOf(row, field)) > 0 ? (
    <CheckOutlined aria-label={fieldName(field)} />
  ) : null
}

/** What stands beside an order's number. */
function marksOf(row: OrderRow): unknown[] {
  return [Number(row.flag) > 0, row.has_buyer_remark, row.has_seller_remark].filter((mark) => mark === true)
}

/** A real link: Ctrl-click opens a tab, a plain click the drawer. Not the router's: each of those watches the address for itself. */
function drawLink(row: OrderRow, orders: string, onOpen: (id: string) => void): ReactNode {
  return (
    <a
      href={`${orders}/${row.id}`}
      className="mono"
      tabIndex={-1}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        onOpen(row.id)
      }}
    >
      {row.order_no}
    </a>
  )
}
