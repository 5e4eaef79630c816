import { Button } from 'antd'
import { problemOf } from '@/api/problems'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { chipText, fieldName, operatorName } from './filter-words'
import type { Field } from './filters'
import type { ListUrl } from './use-list-url'
import { listWords } from './words'

interface Props {
  problem: unknown
  fields: readonly Field[]
  url: ListUrl
  onAgain: () => void
}

/** Why a list is not shown. What its address asks for and the list does not take is told in the clerk's words, with a way out of it. */
export function ListRefusal({ problem, fields, url, onAgain }: Props) {
  const t = useWords(listWords)
  const f = useWords(frameWords)
  const [refused] = problemOf(problem).errors
  if (refused?.field === 'sort' || refused?.field === 'group') {
    const isSort = refused.field === 'sort'
    return (
      <ProblemView
        problem={problem}
        says={t(isSort ? 'sortRefused' : 'groupRefused')}
        action={
          <Button
            size="small"
            onClick={() => {
              if (isSort) url.setSort(null)
              else url.set({ group: null })
            }}
          >
            {t(isSort ? 'unsort' : 'ungroup')}
          </Button>
        }
      />
    )
  }
  if (refused?.field !== 'f') return <ProblemView problem={problem} onAgain={onAgain} />
  const field = fields.find((one) => one.name === refused.detail)
  const ofField = url.filters.filter((one) => one.field === refused.detail)
  const untaken = ofField.find((one) => !isTaken(field, one))
  // Where each of them could be meant, all of the field's go.
  const guilty = untaken ? [untaken] : ofField
  const [only] = guilty
  const label = only && (guilty.length > 1 && field ? fieldName(field) : chipText(fields, only, t))
  const operators = field?.operators.map((op) => operatorName(op, t)).join(' · ')
  const action = (
    <Button
      size="small"
      onClick={() => {
        url.setFilters(url.filters.filter((one) => only && !guilty.includes(one)))
      }}
    >
      {label ? t('lift', { filter: label }) : t('clear')}
    </Button>
  )
  // What is refused for another reason, as a phone number in an address, says best itself what to do.
  if (refused.reason !== 'field_invalid') return <ProblemView problem={problem} action={action} />
  return (
    <ProblemView
      problem={problem}
      says={label ? t('filterRefused', { filter: label }) : t('filterUnread')}
      hint={
        untaken && field
          ? t('filterTakes', { field: fieldName(field), operators: operators ?? '' })
          : refused.expected && f('expected', { what: refused.expected })
      }
      action={action}
    />
  )
}

const isTaken = (field: Field | undefined, { op }: { op: string }): boolean =>
  field?.operators.some((one) => one === op) ?? false
