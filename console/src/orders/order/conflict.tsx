import { Clashes, MineOrTheirs } from '@/frame/mine-or-theirs'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'
import { conflictsOf, draftOf, type Draft } from './edits'

interface Props {
  base: Order
  mine: Draft
  theirs: Order
  /** Fields of which one's own stays. */
  kept: ReadonlySet<string>
  onKept: (kept: ReadonlySet<string>) => void
}

const WORD = {
  warehouse_code: 'wishedWarehouse',
  carrier_code: 'wishedCarrier',
  remark: 'remark',
  is_urgent: 'urgent',
  is_alone: 'alone',
} as const

/** Two people changed the same fields: one row each, mine or theirs. */
export function Conflict({ base, mine, theirs, kept, onKept }: Props) {
  const t = useWords(orderWords)
  const f = useWords(frameWords)
  const fields = conflictsOf(base, mine, theirs)
  const now = draftOf(theirs)
  const shown = (value: string | boolean | null | undefined) =>
    typeof value === 'boolean' ? f(value ? 'yes' : 'no') : value || t('anyWarehouse')
  return (
    <Clashes>
      {fields.map((name) => (
        <MineOrTheirs
          key={name}
          field={name}
          label={t(WORD[name])}
          mine={shown(mine[name])}
          theirs={shown(now[name])}
          kept={kept}
          onKept={onKept}
        />
      ))}
    </Clashes>
  )
}
