import { DownOutlined, EyeOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Dropdown, Input, Modal, type MenuProps } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { useKeys } from '@/frame/keys'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import type { Layout } from '@/grid/columns'
import { useWords } from '@/i18n/words'
import { isSame, LAST_MONTH } from './filters'
import type { ListName } from './queries'
import type { ListUrl } from './use-list-url'
import { listWords } from './words'

type View = components['schemas']['SavedView']

interface Props {
  list: ListName
  url: ListUrl
  layout: Layout
  columnIds: string[]
  onColumns: (ids: string[]) => void
}

/** Saved views: filters, sort and columns under a name, for oneself or the team. */
export function ViewPicker({ list, url, columnIds, onColumns }: Props) {
  const t = useWords(listWords)
  const cache = useQueryClient()
  const [isNaming, setNaming] = useState(false)
  const { data } = useQuery({ queryKey: ['views', list], queryFn: () => readViews(list), staleTime: 60_000 })
  const views = data ?? []
  const chosen = views.find((view) => view.id === url.view)
  const isChanged = chosen && (!isSame(chosen.filters, url.texts) || chosen.sort !== url.sortText)
  const here = { list, filters: url.texts, sort: url.sortText, columns: columnIds }
  const refresh = () => cache.invalidateQueries({ queryKey: ['views', list] })
  const change = useMutation({
    mutationFn: ({ id, version, is_mine: _, ...body }: View) =>
      api.PUT('/api/v1/views/{view_id}', {
        params: { path: { view_id: Number(id) }, header: { 'If-Match': `"v${version}"` } },
        body: body as never,
      }),
    onSuccess: refresh,
    onError: toastProblem,
  })
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/views/{view_id}', { params: { path: { view_id: Number(id) } } }),
    onSuccess: () => {
      url.set({ view: null })
      void refresh()
    },
    onError: toastProblem,
  })
  function choose(view: View): void {
    url.apply(view.filters, view.sort || null, view.id)
    if (view.columns.length > 0) onColumns(view.columns)
  }
  const item = (view: View) => ({ key: view.id, label: view.name })
  const group = (title: string, key: string, some: View[]) =>
    some.length > 0 ? [{ type: 'group' as const, key, label: title, children: some.map(item) }] : []
  const standard = views.find((view) => view.is_default)
  const isPlain = url.texts.length === 0 && !url.view && !url.find && !url.sortText && !url.open
  const wasApplied = useRef(false)
  useEffect(() => {
    if (wasApplied.current || data === undefined) return
    wasApplied.current = true
    if (standard && isPlain) url.apply(standard.filters, standard.sort || null, standard.id)
  }, [data, standard, isPlain, url])
  const items: MenuProps['items'] = [
    { key: 'all', label: t('allRows') },
    { key: 'month', label: t('monthView') },
    ...group(
      t('mine'),
      'mine',
      views.filter((view) => !view.is_team),
    ),
    ...group(
      t('team'),
      'team',
      views.filter((view) => view.is_team),
    ),
    { type: 'divider' },
    { key: 'save', label: t('saveView') },
    ...(chosen
      ? [
          { key: 'update', label: t('updateView'), disabled: !isChanged },
          { key: 'default', label: t('makeDefault'), disabled: chosen.is_default },
          { key: 'delete', label: t('deleteView'), danger: true },
        ]
      : []),
  ]
  const run: Record<string, () => void> = {
    all: () => {
      url.apply([], null, null)
    },
    month: () => {
      url.apply([LAST_MONTH], null, null)
    },
    save: () => {
      setNaming(true)
    },
    update: () => {
      if (chosen) change.mutate({ ...chosen, ...here })
    },
    default: () => {
      if (chosen) change.mutate({ ...chosen, is_default: true })
    },
    delete: () => {
      if (chosen) remove.mutate(chosen.id)
    },
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items,
          selectedKeys: [url.view ?? 'all'],
          onClick: ({ key }) => {
            const view = views.find((one) => one.id === key)
            if (view) choose(view)
            else run[key]?.()
          },
        }}
      >
        <Button icon={<EyeOutlined />}>
          {chosen ? chosen.name : t('views')}
          {isChanged && <span className="dim"> · {t('changed')}</span>} <DownOutlined />
        </Button>
      </Dropdown>
      {isNaming && (
        <NameView
          here={here}
          onClose={() => {
            setNaming(false)
          }}
          onSaved={(id) => {
            setNaming(false)
            void refresh()
            url.set({ view: id })
          }}
        />
      )}
    </>
  )
}

async function readViews(list: ListName): Promise<View[]> {
  return given(await api.GET('/api/v1/views', { params: { query: { list } } }))
}

interface NameProps {
  here: Pick<View, 'list' | 'filters' | 'sort' | 'columns'>
  onClose: () => void
  onSaved: (id: string) => void
}

function NameView({ here, onClose, onSaved }: NameProps) {
  const t = useWords(listWords)
  const f = useWords(frameWords)
  const [name, setName] = useState('')
  const [isTeam, setTeam] = useState(false)
  useKeys([], { isModal: true })
  const save = useMutation({
    mutationFn: async () =>
      given(
        await api.POST('/api/v1/views', {
          body: { ...here, name: name.trim(), is_team: isTeam, is_default: false } as never,
        }),
      ),
    onSuccess: ({ id }) => {
      toast(t('viewSaved', { name: name.trim() }))
      onSaved(id)
    },
    onError: toastProblem,
  })
  return (
    <Modal
      open
      title={t('saveView')}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ disabled: !name.trim(), loading: save.isPending }}
      onOk={() => {
        save.mutate()
      }}
      onCancel={onClose}
      width={420}
    >
      <label>
        {t('viewName')}
        <Input
          autoFocus
          maxLength={60}
          value={name}
          onChange={(event) => {
            setName(event.target.value)
          }}
        />
      </label>
      <Checkbox
        checked={isTeam}
        onChange={(event) => {
          setTeam(event.target.checked)
        }}
        style={{ marginTop: 12 }}
      >
        {t('forTeam')}
      </Checkbox>
    </Modal>
  )
}
