import { DownloadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { useKeys } from '@/frame/keys'
import { later } from '@/frame/later'
import { toastProblem } from '@/frame/toasts'
import { useWords } from '@/i18n/words'
import { exportWords } from './export-words'

const ExportDialog = later(() => import('./export-dialog').then((it) => it.default), { isAhead: false })

export type ExportList = components['schemas']['ExportBody']['list']

export interface ExportOf {
  list: ExportList
  /** The filters of the page, by the names its request has for them; those without a value are left out. */
  filters?: Record<string, string | boolean | undefined>
  /** What the menu calls it, where a page has more than one. */
  label?: string
}

interface Props {
  of: readonly ExportOf[]
  /** Ids of the columns on the screen, in their order. */
  columns?: readonly string[]
  /** How they are sorted there. */
  sort?: string
}

/** Filters by their names, without those that have no value. */
export const toldFilters = (filters: ExportOf['filters'] = {}) =>
  Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])))

/** Writes what the list shows into a file, in the background; a menu where a page holds several lists. */
export function ExportButton({ of, columns = [], sort = '' }: Props) {
  const t = useWords(exportWords)
  const may = useMay()
  const [made, setMade] = useState<{ id: string; list: ExportList } | null>(null)
  const make = useMutation({
    mutationFn: async ({ list, filters }: ExportOf) => {
      const body = { list, filters: toldFilters(filters), columns: [...columns], sort }
      return { id: given(await api.POST('/api/v1/exports', { body })).job_id, list }
    },
    onSuccess: setMade,
    onError: toastProblem,
  })
  const [first] = of
  const isAble = may('export') && first !== undefined
  const start = (one: ExportOf | undefined) => {
    if (one && !make.isPending) make.mutate(one)
  }
  useKeys(
    [
      {
        key: 'shift+e',
        says: t('exportIt'),
        run: () => {
          start(first)
        },
      },
    ],
    { isOn: isAble && made === null },
  )
  if (!isAble) return null
  const button = (
    <Button
      icon={<DownloadOutlined aria-hidden />}
      loading={make.isPending}
      title={t('exportIt')}
      onClick={
        of.length > 1
          ? undefined
          : () => {
              start(first)
            }
      }
    >
      {t('export')}
    </Button>
  )
  return (
    <>
      {of.length > 1 ? (
        <Dropdown
          trigger={['click']}
          menu={{
            items: of.map((one) => ({ key: one.list, label: one.label ?? one.list })),
            onClick: ({ key }) => {
              start(of.find((one) => one.list === key))
            },
          }}
        >
          {button}
        </Dropdown>
      ) : (
        button
      )}
      {made && (
        <ExportDialog
          id={made.id}
          list={made.list}
          onClose={() => {
            setMade(null)
          }}
        />
      )}
    </>
  )
}
