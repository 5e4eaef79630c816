import { CarOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { toast, toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { PagedGrid } from '@/lists/paged-grid'
import type { FormField, Values } from './form-fields'
import { useCarriers, useNameOf, useWarehouses } from './options'
import { RecordDialog } from './dialogs'
import { Region, RegionNames } from './region-names'
import { refusalOf } from './results'
import { masterWords } from './words'

type Tier = components['schemas']['TierView']

const rowId = (row: Tier) => row.id
const keyOf = ({ carrier_code, warehouse_code, region }: Pick<Tier, 'carrier_code' | 'warehouse_code' | 'region'>) =>
  `${carrier_code}/${warehouse_code ?? ''}/${region}`
const NEW = { first_g: 1000, first_minor: 0, step_g: 1000, step_minor: 0, transit_h: 48, warehouse_code: '' }

/** A tier as it is now; one that somebody has removed has nothing to be merged with. */
async function readTier(tier: Tier): Promise<Values> {
  let cursor = ''
  do {
    const query = { cursor, limit: 200, carrier: tier.carrier_code }
    const page = given(await api.GET('/api/v1/network/freight', { params: { query } }))
    const found = page.items.find((one) => keyOf(one) === keyOf(tier))
    if (found) return { ...found }
    cursor = page.next ?? ''
  } while (cursor)
  throw new Error('gone')
}

/** What a parcel costs: by carrier, region and warehouse. */
export function Freight({ tabs }: { tabs: ReactNode }) {
  const t = useWords(masterWords)
  const may = useMay()
  const carriers = useCarriers()
  const warehouses = useWarehouses()
  const cache = useQueryClient()
  const [carrier, setCarrier] = useState('')
  const [opened, setOpened] = useState<Tier | 'new' | null>(null)
  const remove = useMutation({
    mutationFn: async ({ carrier_code, region, warehouse_code, version }: Tier) => {
      const row = { carrier_code, region, warehouse_code }
      const versions = { [keyOf(row)]: version ?? 0 }
      const refusal = refusalOf(
        given(await api.POST('/api/v1/network/freight/remove', { body: { rows: [row], versions } })),
      )
      if (refusal) throw refusal
    },
    onSuccess: () => {
      toast(t('removed'))
      setOpened(null)
      void cache.invalidateQueries({ queryKey: ['freight'] })
    },
    onError: toastProblem,
  })
  const carrierName = useNameOf(carriers)
  const warehouseName = useNameOf(warehouses)
  const columns = useMemo(
    (): Column<Tier>[] => [
      {
        id: 'carrier_code',
        title: t('carrier'),
        width: 150,
        isPinned: true,
        isGroupable: true,
        text: (row) => carrierName(row.carrier_code),
      },
      {
        id: 'region',
        title: t('region'),
        width: 190,
        text: (row) => row.region,
        render: (row) => <Region code={row.region} />,
      },
      {
        id: 'warehouse_code',
        line: 1,
        title: t('fromWarehouse'),
        width: 150,
        text: (row) => warehouseName(row.warehouse_code),
      },
      {
        id: 'first',
        line: 2,
        isNamed: true,
        title: t('first'),
        width: 150,
        align: 'end',
        text: (row) => `${number(row.first_g)} g · ${money(row.first_minor)}`,
      },
      {
        id: 'step',
        line: 2,
        isNamed: true,
        title: t('step'),
        width: 150,
        align: 'end',
        text: (row) => `${number(row.step_g)} g · ${money(row.step_minor)}`,
      },
      { id: 'max', line: 0, title: t('maxG'), width: 110, align: 'end', text: (row) => number(row.weight_g_max) },
      { id: 'transit_h', line: 0, title: t('transit'), width: 116, align: 'end', text: (row) => number(row.transit_h) },
    ],
    [t, carrierName, warehouseName],
  )
  const fields: FormField[] = [
    { name: 'carrier_code', label: t('carrier'), kind: 'select', isRequired: true, isFixed: true, options: carriers },
    {
      name: 'region',
      label: t('region'),
      kind: 'text',
      isRequired: true,
      isFixed: true,
      hint: t('regionHint'),
      below: (values) => <RegionNames regions={[(values.region as string | undefined) ?? '']} />,
    },
    { name: 'warehouse_code', label: t('fromWarehouse'), kind: 'select', isFixed: true, options: warehouses },
    { name: 'first_g', label: t('firstG'), kind: 'number', isRequired: true },
    { name: 'first_minor', label: t('firstMinor'), kind: 'money', isRequired: true },
    { name: 'step_g', label: t('stepG'), kind: 'number', isRequired: true },
    { name: 'step_minor', label: t('stepMinor'), kind: 'money', isRequired: true },
    { name: 'weight_g_max', label: t('maxG'), kind: 'number' },
    { name: 'transit_h', label: t('transit'), kind: 'number' },
  ]
  return (
    <>
      <PagedGrid<Tier>
        id="freight"
        label={t('freightTab')}
        columns={columns}
        queryKey={['freight', carrier]}
        read={async (cursor, signal, sort) => {
          const query = { cursor, sort, limit: 200, carrier: carrier || undefined }
          return given(await api.GET('/api/v1/network/freight', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'freight', filters: { carrier } }]}
        onOpen={may('masters') ? setOpened : undefined}
        tools={
          <>
            {tabs}
            <Select
              allowClear
              aria-label={t('carrier')}
              placeholder={t('carrier')}
              value={carrier || undefined}
              onChange={(value: string | undefined) => {
                setCarrier(value ?? '')
              }}
              options={carriers}
              style={{ width: 200 }}
            />
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
          <NoMatch
            filters={{}}
            also={[
              carrier !== '' && {
                label: carrier,
                lift: () => {
                  setCarrier('')
                },
              },
            ]}
          >
            <EmptyState icon={<CarOutlined />} title={t('noFreight')} text={t('noCarriersHint')}>
              <Link to="/imports?kind=freight">{t('importFile')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
      {opened && (
        <RecordDialog
          title={opened === 'new' ? t('newOne') : `${carrierName(opened.carrier_code)} → ${opened.region}`}
          fields={fields}
          first={opened === 'new' ? NEW : { ...opened }}
          isNew={opened === 'new'}
          refresh={[['freight']]}
          save={async ({ id: _id, version, ...row }) => {
            const versions = { [keyOf(row as Tier)]: opened === 'new' ? 0 : (version as number) }
            return given(await api.POST('/api/v1/network/freight', { body: { rows: [row as never], versions } }))
          }}
          reread={opened === 'new' ? undefined : () => readTier(opened)}
          onClose={() => {
            setOpened(null)
          }}
        >
          {opened !== 'new' && (
            <Button
              danger
              type="link"
              style={{ paddingInline: 0 }}
              loading={remove.isPending}
              onClick={() => {
                remove.mutate(opened)
              }}
            >
              {t('removeTier')}
            </Button>
          )}
        </RecordDialog>
      )}
    </>
  )
}
