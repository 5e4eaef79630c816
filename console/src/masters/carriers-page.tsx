import { CarOutlined } from '@ant-design/icons'
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { useTab } from '@/frame/use-tab'
import type { Column } from '@/grid/columns'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { YesNo } from './active-cell'
import { type FormField } from './form-fields'
import { Freight } from './freight'
import { RecordDialog } from './dialogs'
import { newRow } from './results'
import { systemName } from './shop-names'
import { masterWords } from './words'

type Carrier = components['schemas']['CarrierView']

const rowId = (row: Carrier) => row.id

export default function CarriersPage() {
  const t = useWords(masterWords)
  const [tab, open] = useTab(['carriers', 'freight'])
  const tabs = (
    <Segmented
      value={tab}
      onChange={open}
      options={[
        { value: 'carriers', label: t('carriersTab') },
        { value: 'freight', label: t('freightTab') },
      ]}
    />
  )
  return (
    <Page isFilled title={t('carriers')}>
      {tab === 'freight' ? <Freight tabs={tabs} /> : <Carriers tabs={tabs} />}
    </Page>
  )
}

function Carriers({ tabs }: { tabs: React.ReactNode }) {
  const t = useWords(masterWords)
  const may = useMay()
  const [opened, setOpened] = useState<Carrier | 'new' | null>(null)
  const columns = useMemo(
    (): Column<Carrier>[] => [
      { id: 'code', title: t('code'), width: 150, isPinned: true, text: (row) => row.code },
      { id: 'name', title: t('name'), width: 220, text: (row) => row.name },
      {
        id: 'systems',
        title: t('codesBySystem'),
        width: 420,
        text: (row) =>
          Object.entries(row.code_by_system ?? {})
            .map(([system, code]) => `${systemName(system, t)} ${code}`)
            .join(' · '),
      },
      {
        id: 'is_active',
        line: 1,
        isNamed: true,
        title: t('active'),
        width: 90,
        text: (row) => String(row.is_active),
        render: (row) => <YesNo isYes={row.is_active ?? true} />,
      },
    ],
    [t],
  )
  const fields: FormField[] = [
    { name: 'code', label: t('code'), kind: 'text', isRequired: true, isFixed: true },
    { name: 'name', label: t('name'), kind: 'text', isRequired: true },
    { name: 'is_active', label: t('active'), kind: 'flag' },
    { name: 'code_by_system', label: t('codesBySystem'), kind: 'pairs', hint: t('codesHint') },
  ]
  return (
    <>
      <PagedGrid<Carrier>
        id="carriers"
        label={t('carriersTab')}
        columns={columns}
        queryKey={['carriers']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/network/carriers', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        exports={[{ list: 'carriers' }]}
        onOpen={may('masters') ? setOpened : undefined}
        tools={
          <>
            {tabs}
            {may('masters') && (
              <Button
                onClick={() => {
                  setOpened('new')
                }}
              >
                {t('newOne')}
              </Button>
            )}
          </>
        }
        empty={
          <EmptyState icon={<CarOutlined />} title={t('noCarriers')} text={t('noCarriersHint')}>
            <Link to="/imports?kind=carriers">{t('importFile')}</Link>
          </EmptyState>
        }
      />
      {opened && (
        <RecordDialog
          title={opened === 'new' ? t('newOne') : opened.name}
          fields={fields}
          first={opened === 'new' ? { is_active: true, code_by_system: {} } : { ...opened }}
          isNew={opened === 'new'}
          refresh={[['carriers'], ['options', 'carriers']]}
          save={async (values) => {
            const { id: _id, version, ...row } = values
            if (opened === 'new') return given(await api.POST('/api/v1/network/carriers', { body: newRow(row) }))
            await api.PUT('/api/v1/network/carriers/{record_id}', {
              params: { path: { record_id: Number(opened.id) }, header: { 'If-Match': `"v${String(version)}"` } },
              body: row as never,
            })
            return undefined
          }}
          reread={
            opened === 'new'
              ? undefined
              : async () => {
                  const path = { record_id: Number(opened.id) }
                  return { ...given(await api.GET('/api/v1/network/carriers/{record_id}', { params: { path } })) }
                }
          }
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </>
  )
}
