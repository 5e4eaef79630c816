import { HomeOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import type { Column } from '@/grid/columns'
import { money } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { YesNo } from './active-cell'
import type { FormField, Values } from './form-fields'
import { useWarehouseSystems, type Option } from './options'
import { RecordDialog } from './dialogs'
import { newRow } from './results'
import { RegionNames } from './region-names'
import type { MasterSay } from './shop-names'
import { masterWords } from './words'

type Warehouse = components['schemas']['WarehouseView']

const rowId = (row: Warehouse) => row.id
const KINDS = { warehouse: 'wkind_warehouse', store: 'wkind_store', supplier: 'wkind_supplier' } as const
const NEW: Values = {
  kind: 'warehouse',
  country: 'CN',
  time_zone: 'Asia/Shanghai',
  cut_off: '18:00:00',
  priority: 100,
  handling_order_minor: 0,
  handling_unit_minor: 0,
  longitude: 0,
  latitude: 0,
  work_days: [1, 2, 3, 4, 5, 6, 7],
  regions: ['*'],
  is_active: true,
}

const kindName = (kind: string, t: MasterSay) => (kind in KINDS ? t(KINDS[kind as keyof typeof KINDS]) : kind)

export default function WarehousesPage() {
  const t = useWords(masterWords)
  const may = useMay()
  const [opened, setOpened] = useState<Warehouse | 'new' | null>(null)
  const connections = useWarehouseSystems()
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Page
      isFilled
      title={t('warehouses')}
      about={t('warehousesAbout')}
      actions={
        may('masters') && (
          <Button
            type="primary"
            onClick={() => {
              setOpened('new')
            }}
          >
            {t('newOne')}
          </Button>
        )
      }
    >
      <PagedGrid<Warehouse>
        id="warehouses"
        label={t('warehouses')}
        columns={columns}
        queryKey={['warehouses', 'list']}
        read={async (cursor, signal, sort) =>
          given(await api.GET('/api/v1/network/warehouses', { params: { query: { cursor, sort } }, signal }))
        }
        rowId={rowId}
        exports={[{ list: 'warehouses' }]}
        onOpen={may('masters') ? setOpened : undefined}
        empty={
          <EmptyState icon={<HomeOutlined />} title={t('noWarehouses')} text={t('noWarehousesHint')}>
            <Link to="/imports?kind=warehouses">{t('importFile')}</Link>
          </EmptyState>
        }
      />
      {opened && (
        <RecordDialog
          title={opened === 'new' ? t('newOne') : opened.name}
          fields={fieldsOf(t, opened === 'new', connections)}
          first={opened === 'new' ? NEW : { ...opened }}
          isNew={opened === 'new'}
          refresh={[['warehouses'], ['options', 'warehouses']]}
          save={async (values) => {
            const { id: _id, version, ...row } = values
            if (opened === 'new') return given(await api.POST('/api/v1/network/warehouses', { body: newRow(row) }))
            await api.PUT('/api/v1/network/warehouses/{record_id}', {
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
                  return { ...given(await api.GET('/api/v1/network/warehouses/{record_id}', { params: { path } })) }
                }
          }
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </Page>
  )
}

function fieldsOf(t: MasterSay, isNew: boolean, connections: readonly Option[]): FormField[] {
  return [
    {
      name: 'code',
      label: t('code'),
      kind: 'text',
      isRequired: true,
      isFixed: true,
      hint: isNew ? t('fixedCode') : undefined,
    },
    { name: 'name', label: t('name'), kind: 'text', isRequired: true },
    {
      name: 'kind',
      label: t('kind'),
      kind: 'select',
      isRequired: true,
      options: Object.keys(KINDS).map((value) => ({ value, label: kindName(value, t) })),
    },
    {
      name: 'connection_code',
      label: t('connection'),
      kind: 'select',
      options: connections,
      hint: t('connectionHint'),
    },
    { name: 'priority', label: t('priority'), kind: 'number' },
    { name: 'cut_off', label: t('cutOff'), kind: 'time' },
    { name: 'handling_order_minor', label: t('handlingOrder'), kind: 'money' },
    { name: 'handling_unit_minor', label: t('handlingUnit'), kind: 'money' },
    { name: 'province', label: t('province'), kind: 'text' },
    { name: 'city', label: t('city'), kind: 'text' },
    { name: 'district', label: t('district'), kind: 'text' },
    { name: 'detail', label: t('address'), kind: 'text' },
    { name: 'longitude', label: t('longitude'), kind: 'decimal' },
    { name: 'latitude', label: t('latitude'), kind: 'decimal' },
    { name: 'is_active', label: t('active'), kind: 'flag' },
    {
      name: 'regions',
      label: t('regions'),
      kind: 'tags',
      hint: t('regionsHint'),
      below: (values) => <RegionNames regions={(values.regions as string[] | null) ?? []} />,
    },
  ]
}

function columnsOf(t: MasterSay): Column<Warehouse>[] {
  return [
    { id: 'code', title: t('code'), width: 100, isPinned: true, text: (row) => row.code },
    { id: 'name', title: t('name'), width: 108, text: (row) => row.name },
    { id: 'kind', title: t('kind'), width: 96, text: (row) => kindName(row.kind ?? '', t) },
    {
      id: 'place',
      title: t('city'),
      width: 184,
      text: (row) => [row.province, row.city, row.district].filter(Boolean).join(' '),
    },
    {
      id: 'regions',
      title: t('regions'),
      width: 108,
      text: (row) => t('regionCount', { count: row.regions?.length ?? 0 }),
    },
    { id: 'priority', title: t('priority'), width: 130, align: 'end', text: (row) => String(row.priority) },
    { id: 'cut_off', title: t('cutOff'), width: 80, text: (row) => (row.cut_off ?? '').slice(0, 5) },
    {
      id: 'order',
      title: t('handlingOrder'),
      width: 130,
      align: 'end',
      text: (row) => money(row.handling_order_minor),
    },
    { id: 'unit', title: t('handlingUnit'), width: 122, align: 'end', text: (row) => money(row.handling_unit_minor) },
    { id: 'connection_code', title: t('connection'), width: 82, text: (row) => row.connection_code ?? '' },
    {
      id: 'is_active',
      line: 1,
      isNamed: true,
      title: t('active'),
      width: 76,
      text: (row) => String(row.is_active),
      render: (row) => <YesNo isYes={row.is_active ?? true} />,
    },
  ]
}
