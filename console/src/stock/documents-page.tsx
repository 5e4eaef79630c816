import { InboxOutlined } from '@ant-design/icons'
import { Button, Checkbox, Drawer, Skeleton } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum } from '@/api/enums'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill, type Tone } from '@/frame/pill'
import { ProblemView } from '@/frame/problem-view'
import type { Column } from '@/grid/columns'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { useNameOf, useWarehouses } from '@/masters/options'
import { NoMatch } from '@/lists/no-match'
import { PagedGrid } from '@/lists/paged-grid'
import { actorName } from '@/orders/actor'
import table from '@/orders/order/order.module.css'
import { orderWords } from '@/orders/words'
import { EntryDialog } from './entry-dialog'
import { documentKindName } from './kinds'
import { stockWords } from './words'

type Document = components['schemas']['DocumentView']

const TONES: Record<string, Tone> = {
  draft: 'quiet',
  released: 'progress',
  accepted: 'progress',
  part_done: 'progress',
  done: 'good',
  rejected: 'bad',
  cancelled: 'quiet',
}
const rowId = (row: Document) => row.id

export default function DocumentsPage() {
  const t = useWords(stockWords)
  const o = useWords(orderWords)
  const state = useEnum('document_state')
  const may = useMay()
  const [isOpenOnly, setOpenOnly] = useState(false)
  const [params, setParams] = useSearchParams()
  const opened = params.get('open')
  const [isMaking, setMaking] = useState(false)
  const warehouseName = useNameOf(useWarehouses())
  const columns = useMemo(
    (): Column<Document>[] => [
      { id: 'no', title: t('document'), width: 170, isPinned: true, text: (row) => row.no ?? row.id },
      { id: 'kind', title: t('kind'), width: 110, text: (row) => documentKindName(row.kind, t) },
      {
        id: 'state',
        line: 1,
        title: t('state'),
        width: 120,
        text: (row) => state(row.state),
        render: (row) => <Pill tone={TONES[row.state] ?? 'quiet'}>{state(row.state)}</Pill>,
      },
      { id: 'warehouse', title: t('warehouse'), width: 150, text: (row) => warehouseName(row.warehouse_code) },
      { id: 'reference', title: t('reference'), width: 170, text: (row) => row.reference },
      { id: 'expected', title: t('expected'), width: 112, text: (row) => instant(row.expected_at) },
      { id: 'created', title: t('created'), width: 112, text: (row) => instant(row.created_at) },
      { id: 'by', title: t('by'), width: 140, text: (row) => actorName(row.created_by, o) },
    ],
    [t, o, state, warehouseName],
  )
  const make = may('stock') && (
    <Button
      type="primary"
      onClick={() => {
        setMaking(true)
      }}
    >
      {t('newEntry')}
    </Button>
  )
  return (
    <Page isFilled title={t('documents')} about={t('documentsAbout')} actions={make}>
      <PagedGrid<Document>
        id="documents"
        label={t('documents')}
        columns={columns}
        queryKey={['documents', isOpenOnly]}
        read={async (cursor, signal, sort) => {
          const query = { cursor, sort, limit: 200, open_only: isOpenOnly }
          return given(await api.GET('/api/v1/documents', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'documents', filters: { open: isOpenOnly } }]}
        onOpen={(row) => {
          setParams({ open: row.id }, { replace: true })
        }}
        tools={
          <Checkbox
            checked={isOpenOnly}
            onChange={(event) => {
              setOpenOnly(event.target.checked)
            }}
          >
            {t('openOnly')}
          </Checkbox>
        }
        empty={
          <NoMatch
            filters={{}}
            also={[
              isOpenOnly && {
                label: t('openOnly'),
                lift: () => {
                  setOpenOnly(false)
                },
              },
            ]}
          >
            <EmptyState icon={<InboxOutlined />} title={t('noDocuments')} text={t('noDocumentsHint')}>
              {make}
            </EmptyState>
          </NoMatch>
        }
      />
      <Drawer
        open={opened !== null}
        closable={{ placement: 'end' }}
        size="min(560px, 100vw)"
        title={opened && <Title id={opened} />}
        onClose={() => {
          setParams({}, { replace: true })
        }}
      >
        {opened && <Lines id={opened} />}
      </Drawer>
      {isMaking && (
        <EntryDialog
          onClose={() => {
            setMaking(false)
          }}
        />
      )}
    </Page>
  )
}

const LOOK_AGAIN_MS = 10_000

function useDocument(id: string) {
  return useQuery({
    queryKey: ['document', id],
    queryFn: async () =>
      given(await api.GET('/api/v1/documents/{document_id}', { params: { path: { document_id: Number(id) } } })),
    refetchInterval: LOOK_AGAIN_MS,
  })
}

function Title({ id }: { id: string }) {
  const t = useWords(stockWords)
  const state = useEnum('document_state')
  const { data } = useDocument(id)
  if (!data) return id
  return (
    <>
      {documentKindName(data.kind, t)} {data.no} <Pill tone={TONES[data.state] ?? 'quiet'}>{state(data.state)}</Pill>
    </>
  )
}

function Lines({ id }: { id: string }) {
  const t = useWords(stockWords)
  const { data, isError, error } = useDocument(id)
  if (isError) return <ProblemView problem={error} />
  if (!data) return <Skeleton active />
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('sku')}</th>
          <th className={table.end}>{t('planned')}</th>
          <th className={table.end}>{t('done')}</th>
        </tr>
      </thead>
      <tbody>
        {(data.lines ?? []).map((line) => (
          <tr key={line.line_no}>
            <td>{line.sku_code}</td>
            <td className={table.end}>{number(line.planned)}</td>
            <td className={table.end}>{number(line.done)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
