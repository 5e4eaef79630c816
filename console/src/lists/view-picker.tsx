import { DownOutlined, EyeOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Dropdown, Input, type MenuProps } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { EditModal } from '@/frame/edit-modal'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { LAST_MONTH } from './filters'
import type { ListUrl } from './use-list-url'
import { NO_VIEW, type Views } from './use-views'
import type { View } from './views'
import { listWords } from './words'
import styles from './lists.module.css'

/** Saved views: filters, sort, grouping and columns under a name, for oneself or the team. */
export function ViewPicker({ url, views }: { url: ListUrl; views: Views }) {
  const t = useWords(listWords)
  const [isNaming, setNaming] = useState(false)
  const { opened, standard, isChanged } = views
  const commands = useViewCommands(url, views)
  const item = (view: View) => ({
    key: view.id,
    label: (
      <>
        {view.name}
        {view.is_default && <span className="dim"> · {t('isDefault')}</span>}
      </>
    ),
  })
  const group = (title: string, key: string, some: View[]) =>
    some.length > 0 ? [{ type: 'group' as const, key, label: title, children: some.map(item) }] : []
  const items: MenuProps['items'] = [
    { key: 'all', label: t('allRows') },
    { key: 'month', label: t('monthView') },
    ...group(
      t('mine'),
      'mine',
      views.views.filter((view) => !view.is_team),
    ),
    ...group(
      t('team'),
      'team',
      views.views.filter((view) => view.is_team),
    ),
    { type: 'divider' },
    ...(opened && isChanged ? [{ key: 'back', label: t('backToView', { name: opened.name }) }] : []),
    ...(opened?.is_mine ? [{ key: 'update', label: t('updateView'), disabled: !isChanged }] : []),
    { key: 'save', label: t('saveView') },
    ...(opened ? [{ key: 'default', label: t(opened.is_default ? 'noDefault' : 'makeDefault') }] : []),
    ...(opened?.is_mine ? [{ key: 'delete', label: t('deleteView'), danger: true }] : []),
  ]
  const plain = { sort: '', group: '', view: standard ? NO_VIEW : null }
  const run: Record<string, () => void> = {
    ...commands,
    all: () => {
      url.apply({ ...plain, filters: [] })
    },
    month: () => {
      url.apply({ ...plain, filters: [LAST_MONTH] })
    },
    save: () => {
      setNaming(true)
    },
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items,
          selectedKeys: [opened?.id ?? 'all'],
          onClick: ({ key }) => {
            const view = views.views.find((one) => one.id === key)
            if (view) views.open(view)
            else run[key]?.()
          },
        }}
      >
        <Button icon={<EyeOutlined />} className={styles.picker}>
          <span className={styles.viewName}>{opened ? opened.name : t('views')}</span>
          {isChanged && <span className="dim">· {t('changed')}</span>} <DownOutlined />
        </Button>
      </Dropdown>
      {isNaming && (
        <NameView
          here={views.here}
          onClose={() => {
            setNaming(false)
          }}
          onSaved={(view) => {
            setNaming(false)
            views.settle(view)
          }}
        />
      )}
    </>
  )
}

/** What can be done with the opened view. */
function useViewCommands(url: ListUrl, { opened, here, open, settle, refresh }: Views): Record<string, () => void> {
  const t = useWords(listWords)
  const told = { onError: toastProblem }
  const update = useMutation({
    mutationFn: async ({ id, version, is_mine: _, ...body }: View) =>
      given(
        await api.PUT('/api/v1/views/{view_id}', {
          params: { path: { view_id: Number(id) }, header: { 'If-Match': `"v${version}"` } },
          body: { ...body, ...here } as never,
        }),
      ),
    onSuccess: (view) => {
      toast(t('viewSaved', { name: view.name }))
      settle(view)
    },
    onError: (problem) => {
      toastProblem(problem)
      void refresh()
    },
  })
  const turn = useMutation({
    mutationFn: ({ id, is_default: isDefault }: View) => {
      const params = { path: { view_id: Number(id) } }
      return isDefault
        ? api.DELETE('/api/v1/views/{view_id}/default', { params })
        : api.PUT('/api/v1/views/{view_id}/default', { params })
    },
    onSuccess: refresh,
    ...told,
  })
  const remove = useMutation({
    mutationFn: ({ id }: View) => api.DELETE('/api/v1/views/{view_id}', { params: { path: { view_id: Number(id) } } }),
    onSuccess: () => {
      url.set({ view: null })
      void refresh()
    },
    ...told,
  })
  if (opened === undefined) return {}
  return {
    back: () => {
      open(opened)
    },
    update: () => {
      update.mutate(opened)
    },
    default: () => {
      turn.mutate(opened)
    },
    delete: () => {
      remove.mutate(opened)
    },
  }
}

interface NameProps {
  here: Views['here']
  onClose: () => void
  onSaved: (view: View) => void
}

function NameView({ here, onClose, onSaved }: NameProps) {
  const t = useWords(listWords)
  const f = useWords(frameWords)
  const [name, setName] = useState('')
  const [isTeam, setTeam] = useState(false)
  const may = useMay()
  const save = useMutation({
    mutationFn: async () =>
      given(
        await api.POST('/api/v1/views', {
          body: { ...here, name: name.trim(), is_team: isTeam, is_default: false } as never,
        }),
      ),
    onSuccess: (view) => {
      toast(t('viewSaved', { name: view.name }))
      onSaved(view)
    },
    onError: toastProblem,
  })
  return (
    <EditModal
      draft={[name, isTeam]}
      title={t('saveView')}
      okText={f('save')}
      okButtonProps={{ disabled: !name.trim(), loading: save.isPending }}
      onOk={() => {
        save.mutate()
      }}
      onClose={onClose}
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
      {may('settings') && (
        <Checkbox
          checked={isTeam}
          onChange={(event) => {
            setTeam(event.target.checked)
          }}
          style={{ marginTop: 12 }}
        >
          {t('forTeam')}
        </Checkbox>
      )}
    </EditModal>
  )
}
