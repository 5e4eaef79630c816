import { TeamOutlined } from '@ant-design/icons'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input, Space } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { useWays } from '@/api/ways'
import { toast, toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { YesNo } from '@/masters/active-cell'
import type { FormField, Values } from '@/masters/form-fields'
import { useNameOf, useShops, useWarehouses } from '@/masters/options'
import { RecordDialog } from '@/masters/dialogs'
import { AddGrid } from './add-grid'
import { ProviderOf, waysOf } from './provider-of'
import { storedNow } from './stored-now'
import { peopleWords } from './words'

type User = components['schemas']['UserView']

const rowId = (row: User) => row.id
const NEW: Values = { language: 'zh', roles: [], shops: null, warehouses: null, is_active: true }

export function Users({ tabs }: { tabs: ReactNode }) {
  const t = useWords(peopleWords)
  const [opened, setOpened] = useState<User | 'new' | null>(null)
  const { data: ways } = useWays()
  const label = ways?.provider?.label ?? ''
  const roleName = useNameOf(useRoles())
  const fields = useUserFields(opened === 'new', ways?.has_password ?? true, label)
  const columns = useMemo((): Column<User>[] => {
    const scope = (ids: readonly string[] | null | undefined) =>
      ids === null || ids === undefined ? t('allOnes') : t('someOnes', { count: ids.length })
    return [
      { id: 'name', title: t('name'), width: 150, isPinned: true, text: (row) => row.name },
      { id: 'title', title: t('displayName'), width: 160, text: (row) => row.title },
      { id: 'roles', title: t('role'), width: 240, text: (row) => row.roles.map(roleName).join(' · ') },
      { id: 'shops', title: t('shops'), width: 110, text: (row) => scope(row.shops) },
      { id: 'warehouses', title: t('warehouses'), width: 130, text: (row) => scope(row.warehouses) },
      { id: 'ways', title: t('signsInBy'), width: 190, text: (row) => waysOf(row, label, t) },
      { id: 'signed_in_at', title: t('signedIn'), width: 120, text: (row) => instant(row.signed_in_at) || t('never') },
      {
        id: 'is_active',
        line: 1,
        isNamed: true,
        title: t('active'),
        width: 90,
        text: (row) => String(row.is_active),
        render: (row) => <YesNo isYes={row.is_active} />,
      },
    ]
  }, [t, label, roleName])
  return (
    <>
      <AddGrid<User>
        id="users"
        label={t('users')}
        columns={columns}
        queryKey={['users']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/users', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        exports={[{ list: 'users' }]}
        onOpen={setOpened}
        tabs={tabs}
        add={t('newUser')}
        onAdd={() => {
          setOpened('new')
        }}
        none={{ icon: <TeamOutlined />, title: t('noUsers'), text: t('noUsersHint') }}
      />
      {opened && (
        <RecordDialog
          title={opened === 'new' ? t('newUser') : opened.name}
          fields={fields}
          first={opened === 'new' ? NEW : { ...opened }}
          isNew={opened === 'new'}
          refresh={[['users']]}
          save={(values) => save(opened, values)}
          reread={opened === 'new' ? undefined : () => readAgain(opened.id)}
          onClose={() => {
            setOpened(null)
          }}
        >
          {opened !== 'new' && ways?.has_password !== false && <SetPassword user={opened} />}
          {opened !== 'new' && label && (
            <ProviderOf
              user={opened}
              label={label}
              onDone={() => {
                setOpened(null)
              }}
            />
          )}
        </RecordDialog>
      )}
    </>
  )
}

async function save(opened: User | 'new', values: Values): Promise<undefined> {
  const { name, title, language, roles, is_active, password = '', awaits_provider = false } = values
  const some = (ids: unknown) => (Array.isArray(ids) && ids.length > 0 ? ids : null)
  const body = { title, language, roles, is_active, shops: some(values.shops), warehouses: some(values.warehouses) }
  if (opened === 'new') await api.POST('/api/v1/users', { body: { ...body, name, password, awaits_provider } as never })
  else
    await api.PUT('/api/v1/users/{person_id}', {
      params: { path: { person_id: Number(opened.id) }, header: { 'If-Match': `"v${String(values.version)}"` } },
      body: body as never,
    })
  return undefined
}

const readAgain = (id: string): Promise<Values> =>
  storedNow(id, async (cursor) => given(await api.GET('/api/v1/users', { params: { query: { cursor, limit: 200 } } })))

/** The roles there are, by name. */
function useRoles() {
  const { data } = useQuery({
    queryKey: ['options', 'roles'],
    queryFn: async () => given(await api.GET('/api/v1/roles', { params: { query: { limit: 200 } } })).items,
  })
  return useMemo(() => (data ?? []).map(({ code, name }) => ({ value: code, label: name })), [data])
}

function useUserFields(isNew: boolean, hasPassword: boolean, label: string): FormField[] {
  const t = useWords(peopleWords)
  const shops = useShops()
  const warehouses = useWarehouses()
  const roles = useRoles()
  return [
    { name: 'name', label: t('name'), kind: 'text', isRequired: true, isFixed: true },
    { name: 'title', label: t('displayName'), kind: 'text' },
    {
      name: 'language',
      label: t('language'),
      kind: 'select',
      isRequired: true,
      options: [
        { value: 'zh', label: '中文' },
        { value: 'en', label: 'English' },
      ],
    },
    { name: 'is_active', label: t('active'), kind: 'flag' },
    ...(isNew && hasPassword
      ? [
          {
            name: 'password',
            label: t('firstPassword'),
            kind: 'text' as const,
            isRequired: !label,
            hint: t('firstPasswordHint'),
          },
        ]
      : []),
    ...(isNew && label
      ? [
          {
            name: 'awaits_provider',
            label: t('awaits', { label }),
            kind: 'flag' as const,
            hint: t('awaitsHint', { label }),
          },
        ]
      : []),
    { name: 'roles', label: t('role'), kind: 'many', options: roles },
    { name: 'shops', label: t('shops'), kind: 'many', options: shops, hint: t('allOnes'), none: t('allOnes') },
    {
      name: 'warehouses',
      label: t('warehouses'),
      kind: 'many',
      options: warehouses,
      hint: t('allOnes'),
      none: t('allOnes'),
    },
  ]
}

function SetPassword({ user }: { user: User }) {
  const t = useWords(peopleWords)
  const [password, setPassword] = useState('')
  const set = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/users/{person_id}/password', {
        params: { path: { person_id: Number(user.id) } },
        body: { password },
      }),
    onSuccess: () => {
      toast(t('passwordSet', { name: user.name }))
      setPassword('')
    },
    onError: toastProblem,
  })
  return (
    <Space.Compact style={{ marginTop: 16 }}>
      <Input.Password
        aria-label={t('setPassword')}
        autoComplete="new-password"
        placeholder={`${t('firstPassword')} · ${t('firstPasswordHint')}`}
        value={password}
        onChange={(event) => {
          setPassword(event.target.value)
        }}
      />
      <Button
        disabled={!password}
        loading={set.isPending}
        onClick={() => {
          set.mutate()
        }}
      >
        {t('setPassword')}
      </Button>
    </Space.Compact>
  )
}
