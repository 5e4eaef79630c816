import { CloseOutlined, DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useEffect, useState } from 'react'
import { useMay } from '@/api/me'
import { useKeys } from '@/frame/keys'
import { NOTHING, type Selection } from '@/grid/selection'
import { number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { BulkDialog, PrintDialog } from '../dialogs'
import type { OrderRow } from '../shapes'
import { ACTIONS, type Action } from './actions'
import type { Target } from './bulk-dialog'
import { bulkWords } from './words'
import styles from './bulk.module.css'

interface Props {
  selection: Selection
  active: string | null
  filters: readonly string[]
  total: number
  isTotalExact: boolean
  rows: readonly OrderRow[]
  columns: readonly string[]
  onSelection: (selection: Selection) => void
  onDone: () => void
}

/** Numbers of the chosen orders that are still listed. */
function numbersOf(rows: readonly OrderRow[], ids: ReadonlySet<string>): string[] {
  return rows.filter((row) => ids.has(row.id)).map((row) => row.order_no)
}

/** What to do with the chosen orders, or with all that match. Keys work on the active row when nothing is chosen. */
export function BulkBar({
  selection,
  active,
  filters,
  total,
  isTotalExact,
  rows,
  columns,
  onSelection,
  onDone,
}: Props) {
  const t = useWords(bulkWords)
  const may = useMay()
  const [started, setStarted] = useState<{ action: Action; target: Target } | null>(null)
  const listed = filters.join('\n')
  const chosen = numbersOf(rows, selection.ids)
  const count = chosen.length
  // Said of this selection and these filters alone. Whoever changes either has not said it of the new ones.
  const isEverything = count > 0 && selection.allOf === listed
  // They look chosen, too: those that are loaded, and those that come by and by.
  const isBehind = isEverything && rows.length > count
  useEffect(() => {
    if (isBehind) onSelection({ ids: new Set(rows.map((row) => row.id)), anchor: null, allOf: listed })
  }, [isBehind, rows, listed, onSelection])
  const actions = ACTIONS.filter((action) => may(action.right))

  function start(action: Action): void {
    if (isEverything) {
      setStarted({ action, target: { filters: [...filters], count: total } })
      return
    }
    const numbers = count > 0 ? chosen : numbersOf(rows, new Set(active === null ? [] : [active]))
    if (numbers.length > 0) setStarted({ action, target: { order_nos: numbers, count: numbers.length } })
  }

  useKeys(
    actions.flatMap((action) =>
      action.key
        ? [
            {
              key: action.key,
              says: t(action.action),
              run: () => {
                start(action)
              },
            },
          ]
        : [],
    ),
    { isOn: started === null },
  )
  const clear = () => {
    onSelection(NOTHING)
  }
  const close = (isDone: boolean) => {
    setStarted(null)
    if (!isDone) return
    clear()
    onDone()
  }
  const shownTotal = `${number(total)}${isTotalExact ? '' : '+'}`
  return (
    <>
      {count > 0 && (
        <div className={styles.bar} data-bar="chosen" role="toolbar" aria-label={t('chosen', { count })}>
          <strong>
            {isEverything ? t('everything', { count: total, total: shownTotal }) : t('chosen', { count })}
          </strong>
          {total > count && (
            <Button
              size="small"
              type="link"
              onClick={() => {
                onSelection({ ...selection, allOf: isEverything ? undefined : listed })
              }}
            >
              {isEverything ? t('onlyLoaded') : t('allMatching', { total: shownTotal })}
            </Button>
          )}
          <span className={styles.space} />
          {actions
            .filter((action) => action.isFirst)
            .map((action) => (
              <Button
                key={action.action}
                onClick={() => {
                  start(action)
                }}
              >
                {t(action.action)}
                {action.key && <kbd>{action.key.toUpperCase()}</kbd>}
              </Button>
            ))}
          <Dropdown
            trigger={['click']}
            menu={{
              items: actions
                .filter((action) => !action.isFirst)
                .map((action) => ({ key: action.action, label: t(action.action), danger: action.isDanger })),
              onClick: ({ key }) => {
                const action = actions.find((one) => one.action === key)
                if (action) start(action)
              },
            }}
          >
            <Button>
              {t('more')} <DownOutlined />
            </Button>
          </Dropdown>
          <Button type="text" icon={<CloseOutlined />} aria-label={t('clear')} title={t('clear')} onClick={clear} />
        </div>
      )}
      {started?.action.action === 'print' && <PrintDialog target={started.target} onClose={close} />}
      {started && started.action.action !== 'print' && (
        <BulkDialog action={started.action} target={started.target} columns={columns} onClose={close} />
      )}
    </>
  )
}
