import { KeyOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Segmented } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { Pill } from '@/frame/pill'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import type { Column } from '@/grid/columns'
import { instant } from '@/i18n/format'
import { say, useWords } from '@/i18n/words'
import form from '@/orders/order/order.module.css'
import { AddGrid } from './add-grid'
import { peopleWords } from './words'

type Key = components['schemas']['KeyView']
type Scope = 'read' | 'write' | 'admin'

const rowId = (row: Key) => row.id
const SCOPES: Scope[] = ['read', 'write', 'admin']
const SCOPE_WORDS = { read: 'scope_read', write: 'scope_write', admin: 'scope_admin' } as const

/** Keys of the merchant's own systems. What a key is, is shown once. */
export function Keys({ tabs }: { tabs: ReactNode }) {
  const t = useWords(peopleWords)
  const cache = useQueryClient()
  const [isMaking, setMaking] = useState(false)
  const revoke = useMutation({
    mutationFn: (key: Key) =>
      api.POST('/api/v1/keys/{key_id}/revoke', { params: { path: { key_id: Number(key.id) } } }),
    onSuccess: (_, key) => {
      toast(t('revokedDone', { name: key.name }))
      void cache.invalidateQueries({ queryKey: ['keys'] })
    },
    onError: toastProblem,
  })
  const { mutate } = revoke
  const columns = useMemo(
    (): Column<Key>[] => [
      { id: 'name', title: t('keyName'), width: 190, isPinned: true, text: (row) => row.name },
      { id: 'prefix', title: t('prefix'), width: 120, text: (row) => row.prefix },
      {
        id: 'scopes',
        title: t('scopes'),
        width: 140,
        text: (row) => row.scopes.map((scope) => t(SCOPE_WORDS[scope as Scope])).join(' · '),
      },
      {
        id: 'state',
        line: 1,
        title: t('active'),
        width: 110,
        text: (row) => t(row.revoked_at ? 'revoked' : 'living'),
        render: (row) => (
          <Pill tone={row.revoked_at ? 'quiet' : 'good'}>{t(row.revoked_at ? 'revoked' : 'living')}</Pill>
        ),
      },
      { id: 'created', title: t('created'), width: 120, text: (row) => instant(row.created_at) },
      { id: 'expires', title: t('expires'), width: 120, text: (row) => instant(row.expires_at) },
      {
        id: 'revoke',
        title: '',
        width: 90,
        text: () => '',
        render: (row) =>
          row.revoked_at ? null : (
            <Button
              size="small"
              danger
              onClick={() => {
                mutate(row)
              }}
            >
              {t('revoke')}
            </Button>
          ),
      },
    ],
    [t, mutate],
  )
  return (
    <>
      <AddGrid<Key>
        id="keys"
        label={t('keys')}
        columns={columns}
        sortedAs="keys"
        queryKey={['keys']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/keys', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        tabs={tabs}
        add={t('newKey')}
        onAdd={() => {
          setMaking(true)
        }}
        none={{ icon: <KeyOutlined />, title: t('noKeys'), text: t('noKeysHint') }}
      />
      {isMaking && (
        <NewKey
          onClose={() => {
            setMaking(false)
            void cache.invalidateQueries({ queryKey: ['keys'] })
          }}
        />
      )}
    </>
  )
}

function copy(text: string): void {
  void navigator.clipboard.writeText(text).then(() => {
    toast(say(frameWords, 'copied'))
  })
}

function NewKey({ onClose }: { onClose: () => void }) {
  const t = useWords(peopleWords)
  const f = useWords(frameWords)
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>('read')
  const make = useMutation({
    mutationFn: async () => given(await api.POST('/api/v1/keys', { body: { name, scopes: [scope], rights: [] } })).key,
  })
  return (
    <EditModal
      draft={[name, scope]}
      isDone={make.isSuccess}
      title={t('newKey')}
      okText={make.data ? t('copy') : f('save')}
      cancelText={f('close')}
      okButtonProps={{ loading: make.isPending, disabled: !name.trim() }}
      onOk={() => {
        if (make.data) copy(make.data)
        else make.mutate()
      }}
      onClose={onClose}
    >
      {make.data ? (
        <p>
          {t('keyShown')}
          <br />
          <code>{make.data}</code>
        </p>
      ) : (
        <div className={form.fields}>
          <label className={form.field}>
            <span>{t('keyName')}</span>
            <Input
              autoFocus
              maxLength={40}
              value={name}
              onChange={(event) => {
                setName(event.target.value)
              }}
            />
          </label>
          <Segmented
            value={scope}
            onChange={setScope}
            options={SCOPES.map((value) => ({ value, label: t(SCOPE_WORDS[value]) }))}
          />
        </div>
      )}
      {make.isError && <ProblemView problem={make.error} />}
    </EditModal>
  )
}
