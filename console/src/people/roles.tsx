import { SafetyOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import type { Column } from '@/grid/columns'
import { number } from '@/i18n/format'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import type { FormField, Values } from '@/masters/form-fields'
import { RecordDialog } from '@/masters/dialogs'
import { AddGrid } from './add-grid'
import { storedNow } from './stored-now'
import { peopleWords } from './words'

type Role = components['schemas']['RoleView']

const rowId = (row: Role) => row.id

/** Rights with their words, from the API's closed list. */
function useRights(): { value: string; label: string }[] {
  const { data } = useQuery({
    queryKey: ['rights'],
    queryFn: async () => given(await api.GET('/api/v1/rights')),
    staleTime: Infinity,
  })
  return (data ?? []).map((right) => ({ value: right.code, label: language() === 'zh' ? right.zh : right.en }))
}

export function Roles({ tabs }: { tabs: ReactNode }) {
  const t = useWords(peopleWords)
  const rights = useRights()
  const [opened, setOpened] = useState<Role | 'new' | null>(null)
  const columns = useMemo(
    (): Column<Role>[] => [
      { id: 'name', title: t('roleName'), width: 216, isPinned: true, text: (row) => row.name },
      { id: 'code', title: t('code'), width: 110, text: (row) => row.code },
      { id: 'people', title: t('people'), width: 80, align: 'end', text: (row) => number(row.people) },
      {
        id: 'rights',
        title: t('rights'),
        width: 780,
        text: (row) =>
          row.rights.map((code) => rights.find((right) => right.value === code)?.label ?? code).join(' · '),
      },
    ],
    [t, rights],
  )
  const fields: FormField[] = [
    { name: 'code', label: t('code'), kind: 'text', isRequired: true, isFixed: true },
    { name: 'name', label: t('roleName'), kind: 'text', isRequired: true },
    { name: 'rights', label: t('rights'), kind: 'many', options: rights },
  ]
  return (
    <>
      <AddGrid<Role>
        id="roles"
        label={t('roles')}
        columns={columns}
        sortedAs="roles"
        queryKey={['roles']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/roles', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        onOpen={setOpened}
        tabs={tabs}
        add={t('newRole')}
        onAdd={() => {
          setOpened('new')
        }}
        none={{ icon: <SafetyOutlined />, title: t('noRoles'), text: t('noRolesHint') }}
      />
      {opened && (
        <RecordDialog
          title={opened === 'new' ? t('newRole') : opened.name}
          fields={fields}
          first={opened === 'new' ? { rights: ['see'] } : { ...opened }}
          isNew={opened === 'new'}
          refresh={[['roles'], ['options', 'roles']]}
          reread={opened === 'new' ? undefined : () => readAgain(opened.id)}
          save={async ({ code, name, rights: chosen, version }) => {
            const body = { code, name, rights: chosen } as never
            if (opened === 'new') await api.POST('/api/v1/roles', { body })
            else
              await api.PUT('/api/v1/roles/{role_id}', {
                params: { path: { role_id: Number(opened.id) }, header: { 'If-Match': `"v${String(version)}"` } },
                body,
              })
            return undefined
          }}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </>
  )
}

const readAgain = (id: string): Promise<Values> =>
  storedNow(id, async (cursor) => given(await api.GET('/api/v1/roles', { params: { query: { cursor, limit: 200 } } })))
