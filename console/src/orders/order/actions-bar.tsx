import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useMay } from '@/api/me'
import { useKeys } from '@/frame/keys'
import { later } from '@/frame/later'
import { useWords } from '@/i18n/words'
import { ACTIONS, type Action } from '../bulk/actions'
import { bulkWords } from '../bulk/words'
import { BulkDialog, PrintDialog } from '../dialogs'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { useOrderCommands } from './queries'

const EditDialog = later(() => import('./edit-dialog').then((it) => it.EditDialog))

const LEFT_OUT = new Set(['export'])
/** Such a hold is nobody's to lift but by name: an audit leaves it. */
const HELD_BY_PERSON = 'held_by_person'
const OVER = new Set(['shipped', 'delivered', 'cancelled'])

/** What can be done to this order. The list has the keys already; a page of its own brings them (`hasKeys`). */
export function OrderActions({ order, hasKeys = false }: { order: Order; hasKeys?: boolean }) {
  const t = useWords(orderWords)
  const b = useWords(bulkWords)
  const may = useMay()
  const { refresh } = useOrderCommands(order)
  const [started, setStarted] = useState<Action | null>(null)
  const [isEditing, setEditing] = useState(false)
  const isWaiting = order.holds.some((hold) => hold.closed_at === null)
  const isHeld = order.holds.some((hold) => hold.closed_at === null && hold.reason === HELD_BY_PERSON)
  const shown = new Set(['audit', isHeld ? 'release_hold' : 'hold'])
  const actions = ACTIONS.filter((action) => may(action.right) && !LEFT_OUT.has(action.action))
  useKeys(
    actions.flatMap((action) =>
      action.key
        ? [
            {
              key: action.key,
              says: b(action.action),
              run: () => {
                setStarted(action)
              },
            },
          ]
        : [],
    ),
    { isOn: hasKeys && started === null && !isEditing },
  )
  return (
    <>
      {actions
        .filter((action) => shown.has(action.action) && !OVER.has(order.state))
        .map((action) => (
          <Button
            key={action.action}
            type={isWaiting && action.action === (isHeld ? 'release_hold' : 'audit') ? 'primary' : 'default'}
            onClick={() => {
              setStarted(action)
            }}
          >
            {b(action.action)}
          </Button>
        ))}
      {may('edit_order') && (
        <Button
          onClick={() => {
            setEditing(true)
          }}
        >
          {t('edit')}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        menu={{
          items: actions
            .filter((action) => !shown.has(action.action))
            .map((action) => ({ key: action.action, label: b(action.action), danger: action.isDanger })),
          onClick: ({ key }) => {
            setStarted(actions.find((one) => one.action === key) ?? null)
          },
        }}
      >
        <Button aria-label={b('more')} icon={<DownOutlined />} />
      </Dropdown>
      {started?.action === 'print' && (
        <PrintDialog
          target={{ order_nos: [order.order_no], count: 1 }}
          onClose={() => {
            setStarted(null)
            refresh()
          }}
        />
      )}
      {started && started.action !== 'print' && (
        <BulkDialog
          action={started}
          target={{ order_nos: [order.order_no], count: 1 }}
          onClose={() => {
            setStarted(null)
            refresh()
          }}
        />
      )}
      {isEditing && (
        <EditDialog
          order={order}
          onClose={() => {
            setEditing(false)
          }}
        />
      )}
    </>
  )
}
