import { FilterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { useWords } from '@/i18n/words'
import { usePut } from './use-put'
import { listWords } from './words'

export interface Lift {
  label: string
  lift: () => void
}

interface Props {
  /** What the page calls its filters, by the parameter of the address that holds each. */
  filters: Readonly<Record<string, string>>
  /** Filters that are on and do not stand in the address. */
  also?: readonly (Lift | false | null | undefined)[]
  /** What is shown when none of them is on: what would be here. */
  children: ReactNode
}

/** A list without rows: where filters are on, which to take off; else what would be here. */
export function NoMatch({ filters, also = [], children }: Props) {
  const t = useWords(listWords)
  const [params] = useSearchParams()
  const put = usePut()
  const names = Object.keys(filters).filter((name) => params.get(name))
  const others = also.filter((one): one is Lift => Boolean(one))
  const lift = (some: readonly string[]) => {
    put(Object.fromEntries(some.map((name) => [name, null])))
  }
  const inAddress = names.map((name) => ({
    label: filters[name] ?? name,
    lift: () => {
      lift([name])
    },
  }))
  const on = [...inAddress, ...others]
  if (on.length === 0) return children
  return (
    <EmptyState icon={<FilterOutlined />} title={t('noMatch')} text={t('noMatchHint')}>
      {on.map((one) => (
        <Button key={one.label} onClick={one.lift}>
          {t('lift', { filter: one.label })}
        </Button>
      ))}
      {on.length > 1 && (
        <Button
          onClick={() => {
            if (names.length > 0) lift(names)
            for (const one of others) one.lift()
          }}
        >
          {t('clear')}
        </Button>
      )}
    </EmptyState>
  )
}
