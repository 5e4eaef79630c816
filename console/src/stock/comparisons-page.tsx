import { DiffOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal, Segmented, Select } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { EditModal } from '@/frame/edit-modal'
import { useKeys } from '@/frame/keys'
import { Page } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { useTab } from '@/frame/use-tab'
import { frameWords } from '@/frame/words'
import type { Column } from '@/grid/columns'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { PagedGrid } from '@/lists/paged-grid'
import { useNameOf, useWarehouses } from '@/masters/options'
import { actorName } from '@/orders/actor'
import form from '@/orders/order/order.module.css'
import { orderWords } from '@/orders/words'
import { Log } from './comparison-log'
import { comparisonWords } from './comparison-words'
import { useUnderWay } from './use-under-way'
import { stockWords } from './words'

type Difference = components['schemas']['DifferenceView']

const rowId = (row: { id: string }) => row.id
const signed = (units: number) => (units > 0 ? `+${number(units)}` : number(units))

/** Warehouses' counts against ours: what differs, accepted by a person who has looked. */
export default function ComparisonsPage() {
  const t = useWords(comparisonWords)
  const may = useMay()
  const [tab, open] = useTab(['differences', 'log'])
  const [isAsking, setAsking] = useState(false)
  useUnderWay()
  const tabs = (
    <Segmented
      value={tab}
      onChange={open}
      options={[
        { value: 'differences', label: t('differences') },
        { value: 'log', label: t('log') },
      ]}
    />
  )
  const ask = may('stock') && (
    <Button
      type="primary"
      onClick={() => {
        setAsking(true)
      }}
    >
      {t('ask')}
    </Button>
  )
  return (
    <Page isFilled title={t('title')} about={t('about')} actions={ask}>
      {tab === 'log' ? <Log tabs={tabs} ask={ask} /> : <Differences tabs={tabs} ask={ask} />}
      {isAsking && (
        <AskDialog
          onClose={() => {
            setAsking(false)
          }}
        />
      )}
    </Page>
  )
}

function Differences({ tabs, ask }: { tabs: ReactNode; ask: ReactNode }) {
  const t = useWords(comparisonWords)
  const s = useWords(stockWords)
  const o = useWords(orderWords)
  const may = useMay()
  const [isAll, setAll] = useState(false)
  const [opened, setOpened] = useState<Difference | null>(null)
  const warehouseName = useNameOf(useWarehouses())
  const columns = useMemo(
    (): Column<Difference>[] => [
      { id: 'sku', title: s('sku'), width: 140, isPinned: true, text: (row) => row.sku_code },
      { id: 'name', title: s('name'), width: 200, text: (row) => row.sku_name },
      { id: 'warehouse', title: s('warehouse'), width: 150, text: (row) => warehouseName(row.warehouse_code) },
      { id: 'grade', title: s('grade'), width: 80, text: (row) => s(row.grade === 1 ? 'good' : 'defective') },
      { id: 'theirs', title: t('theirs'), width: 100, align: 'end', text: (row) => number(row.theirs) },
      { id: 'ours', title: t('ours'), width: 100, align: 'end', text: (row) => number(row.ours) },
      {
        id: 'difference',
        line: 1,
        title: t('difference'),
        width: 90,
        align: 'end',
        text: (row) => signed(row.difference),
      },
      { id: 'looks', title: t('looks'), width: 90, align: 'end', text: (row) => number(row.looks) },
      { id: 'seen', title: t('seen'), width: 112, text: (row) => instant(row.seen_at) },
      {
        id: 'state',
        title: t('state'),
        width: 130,
        text: (row) => t(stateOf(row)),
        render: (row) => <Pill tone={row.settled_at ? 'good' : 'wait'}>{t(stateOf(row))}</Pill>,
      },
      { id: 'by', title: t('by'), width: 130, text: (row) => (row.document_id ? actorName(row.settled_by, o) : '') },
      { id: 'note', title: t('reason'), width: 220, text: (row) => row.note },
    ],
    [t, s, o, warehouseName],
  )
  return (
    <>
      <PagedGrid<Difference>
        id="differences"
        label={t('differences')}
        columns={columns}
        queryKey={['differences', isAll]}
        read={async (cursor, signal, sort) => {
          const query = { cursor, sort, limit: 200, settled: isAll }
          return given(await api.GET('/api/v1/stock/differences', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'differences', filters: { settled: isAll } }]}
        onOpen={
          may('stock')
            ? (row) => {
                if (!row.settled_at) setOpened(row)
              }
            : undefined
        }
        tools={
          <>
            {tabs}
            <Checkbox
              checked={isAll}
              onChange={(event) => {
                setAll(event.target.checked)
              }}
            >
              {t('withSettled')}
            </Checkbox>
          </>
        }
        empty={
          <EmptyState icon={<DiffOutlined />} title={t('none')} text={t('noneHint')}>
            {ask}
          </EmptyState>
        }
      />
      {opened && (
        <AcceptDialog
          difference={opened}
          warehouse={warehouseName(opened.warehouse_code)}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </>
  )
}

const stateOf = (row: Difference) => (row.document_id ? 'accepted' : row.settled_at ? 'gone' : 'open')

interface AcceptProps {
  difference: Difference
  /** Its name. */
  warehouse: string
  onClose: () => void
}

function AcceptDialog({ difference, warehouse, onClose }: AcceptProps) {
  const t = useWords(comparisonWords)
  const cache = useQueryClient()
  const [note, setNote] = useState('')
  const accept = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/stock/differences/{difference_id}/accept', {
        params: { path: { difference_id: Number(difference.id) } },
        body: { version: difference.version, note: note.trim() },
      }),
    onSuccess: () => {
      toast(t('acceptedToast', { sku: difference.sku_code, units: signed(difference.difference) }))
      for (const key of ['differences', 'stock', 'balances', 'sellable'])
        void cache.invalidateQueries({ queryKey: [key] })
      onClose()
    },
  })
  const submit = () => {
    if (note.trim()) accept.mutate()
  }
  return (
    <EditModal
      draft={note}
      title={`${t('accept')} · ${difference.sku_code}`}
      okText={t('acceptUnits', { units: signed(difference.difference) })}
      okButtonProps={{ loading: accept.isPending, disabled: !note.trim() }}
      onOk={submit}
      onClose={onClose}
    >
      <form
        className={form.fields}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p>
          {t('acceptSays', {
            warehouse,
            theirs: number(difference.theirs),
            ours: number(difference.ours),
          })}
        </p>
        <label className={form.field}>
          <span>{t('reason')}</span>
          <Input
            autoFocus
            maxLength={500}
            placeholder={t('reasonHint')}
            value={note}
            onChange={(event) => {
              setNote(event.target.value)
            }}
          />
        </label>
      </form>
      {accept.isError && <ProblemView problem={accept.error} />}
    </EditModal>
  )
}

function AskDialog({ onClose }: { onClose: () => void }) {
  const t = useWords(comparisonWords)
  const s = useWords(stockWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const warehouses = useWarehouses()
  const warehouseName = useNameOf(warehouses)
  const [warehouse, setWarehouse] = useState('')
  useKeys([], { isModal: true })
  const ask = useMutation({
    mutationFn: () => api.POST('/api/v1/stock/comparisons', { body: { warehouse_code: warehouse } }),
    onSuccess: () => {
      toast(t('askedToast', { warehouse: warehouseName(warehouse) }))
      void cache.invalidateQueries({ queryKey: ['comparisons'] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('ask')}
      okText={t('ask')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: ask.isPending, disabled: !warehouse }}
      onOk={() => {
        ask.mutate()
      }}
      onCancel={onClose}
    >
      <div className={form.fields}>
        <p className="dim">{t('askHint')}</p>
        <label className={form.field}>
          <span>{s('warehouse')}</span>
          <Select
            showSearch
            autoFocus
            optionFilterProp="label"
            aria-label={s('warehouse')}
            value={warehouse || undefined}
            onChange={setWarehouse}
            options={warehouses}
          />
        </label>
      </div>
      {ask.isError && <ProblemView problem={ask.error} />}
    </Modal>
  )
}
