import { Button } from 'antd'
import { problemOf } from '@/api/problems'
import { ProblemView } from '@/frame/problem-view'
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
  const filter = ofField.find((one) => !isTaken(field, one)) ?? ofField[0]
  const label = filter && chipText(fields, filter, t)
  const operators = field?.operators.map((op) => operatorName(op, t)).join(' · ')
  const hint = field && t('filterTakes', { field: fieldName(field), operators: operators ?? '' })
  return (
    <ProblemView
      problem={problem}
      says={label ? t('filterRefused', { filter: label }) : t('filterUnread')}
      hint={hint}
      action={
        <Button
          size="small"
          onClick={() => {
            url.setFilters(filter ? url.filters.filter((one) => one !== filter) : [])
          }}
        >
          {label ? t('lift', { filter: label }) : t('clear')}
        </Button>
      }
    />
  )
}

const isTaken = (field: Field | undefined, { op }: { op: string }): boolean =>
  field?.operators.some((one) => one === op) ?? false
