import { StopOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AutoComplete, Button, Popconfirm, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page, Panel } from '@/frame/page'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { useReading } from '@/frame/use-reading'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { ExportButton } from '@/lists/export-button'
import table from '@/orders/order/order.module.css'
import { banWords } from './ban-words'
import { className } from './sku-names'
import { refusalOf } from './results'
import { masterWords } from './words'

type Ban = components['schemas']['GoodsBanRow']

const CLASSES: readonly Ban['goods_class'][] = ['normal', 'fragile', 'fresh', 'dangerous', 'oversize']
const NAMED_MAX = 200
const BANS = ['bans']

/** Names of regions by code, as far as they are divisions of China. */
function useRegionNames(codes: readonly string[]): (code: string) => string {
  const t = useWords(banWords)
  const known = [...new Set(codes.filter((code) => /^\d{6}$/.test(code)))].slice(0, NAMED_MAX)
  const { data = [] } = useQuery({
    queryKey: ['divisions', known.join()],
    queryFn: async () =>
      given(await api.GET('/api/v1/divisions', { params: { query: { codes: known.join() } } })).items,
    enabled: known.length > 0,
    staleTime: Infinity,
  })
  const names = new Map(data.map((one) => [one.code, one.full_name]))
  return (code) => (code === '*' ? t('everywhere') : code === 'CN' ? t('mainland') : (names.get(code) ?? code))
}

/** Which classes of goods must not go where: an order with such goods is held by the audit. */
export default function BansPage() {
  const t = useWords(banWords)
  const may = useMay()
  const [isMaking, setMaking] = useState(false)
  const { data, trouble } = useReading({
    queryKey: BANS,
    queryFn: async () => given(await api.GET('/api/v1/catalog/bans')),
  })
  const make = may('masters') && (
    <Button
      type="primary"
      onClick={() => {
        setMaking(true)
      }}
    >
      {t('newBan')}
    </Button>
  )
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <ExportButton of={[{ list: 'bans' }]} />
          {make}
        </>
      }
    >
      {trouble}
      {!data && !trouble && <Skeleton active />}
      {data?.length === 0 && (
        <EmptyState icon={<StopOutlined />} title={t('none')} text={t('noneHint')}>
          {make}
        </EmptyState>
      )}
      {data && data.length > 0 && <Bans bans={data} />}
      {isMaking && (
        <BanDialog
          onClose={() => {
            setMaking(false)
          }}
        />
      )}
    </Page>
  )
}

function Bans({ bans }: { bans: readonly Ban[] }) {
  const t = useWords(banWords)
  const m = useWords(masterWords)
  const f = useWords(frameWords)
  const may = useMay()
  const cache = useQueryClient()
  const nameOf = useRegionNames(bans.map((ban) => ban.region))
  const lift = useMutation({
    mutationFn: (ban: Ban) => api.POST('/api/v1/catalog/bans/lift', { body: { rows: [ban] } }),
    onSuccess: (_, ban) => {
      const undo = () => {
        void api
          .POST('/api/v1/catalog/bans', { body: { rows: [ban] } })
          .then(() => cache.invalidateQueries({ queryKey: BANS }))
          .catch(toastProblem)
      }
      toast(t('lifted', { what: className(ban.goods_class, m), where: nameOf(ban.region) }), { undo })
      void cache.invalidateQueries({ queryKey: BANS })
    },
    onError: toastProblem,
  })
  return (
    <Panel isFlush>
      <table className={table.table}>
        <thead>
          <tr>
            <th>{t('goodsClass')}</th>
            <th>{t('region')}</th>
            <th aria-label={t('lift')} />
          </tr>
        </thead>
        <tbody>
          {bans.map((ban) => (
            <tr key={`${ban.goods_class} ${ban.region}`}>
              <td>{className(ban.goods_class, m)}</td>
              <td>
                {nameOf(ban.region)} <span className="dim mono">{ban.region}</span>
              </td>
              <td className={table.end}>
                {may('masters') && (
                  <Popconfirm
                    title={t('liftAsk')}
                    okText={t('lift')}
                    cancelText={f('cancel')}
                    onConfirm={() => {
                      lift.mutate(ban)
                    }}
                  >
                    <Button size="small">{t('lift')}</Button>
                  </Popconfirm>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

function BanDialog({ onClose }: { onClose: () => void }) {
  const t = useWords(banWords)
  const m = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [classes, setClasses] = useState<Ban['goods_class'][]>([])
  const [region, setRegion] = useState('')
  const { data: provinces = [] } = useQuery({
    queryKey: ['divisions', 'provinces'],
    queryFn: async () => given(await api.GET('/api/v1/divisions')).items,
    staleTime: Infinity,
  })
  const regions = [
    { value: '*', label: t('everywhere') },
    { value: 'CN', label: t('mainland') },
    ...provinces.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` })),
  ]
  const wanted = region.trim()
  const save = useMutation({
    mutationFn: async () => {
      const rows = classes.map((goods_class) => ({ goods_class, region: wanted }))
      const refusal = refusalOf(given(await api.POST('/api/v1/catalog/bans', { body: { rows } })))
      if (refusal) throw refusal
    },
    onSuccess: () => {
      toast(t('banned'))
      void cache.invalidateQueries({ queryKey: BANS })
      onClose()
    },
  })
  return (
    <EditModal
      draft={[classes, region]}
      title={t('newBan')}
      okText={f('save')}
      okButtonProps={{ loading: save.isPending, disabled: classes.length === 0 || !wanted }}
      onOk={() => {
        save.mutate()
      }}
      onClose={onClose}
    >
      <div className={table.fields}>
        <label className={table.field}>
          <span>{t('goodsClass')}</span>
          <Select
            mode="multiple"
            autoFocus
            aria-label={t('goodsClass')}
            value={classes}
            onChange={setClasses}
            options={CLASSES.map((value) => ({ value, label: className(value, m) }))}
          />
        </label>
        <label className={table.field}>
          <span>{t('region')}</span>
          <AutoComplete
            aria-label={t('region')}
            value={region}
            onChange={setRegion}
            placeholder={t('regionHint')}
            options={regions.filter((one) => !wanted || one.label.includes(wanted) || one.value.startsWith(wanted))}
          />
        </label>
      </div>
      {save.isError && <ProblemView problem={save.error} />}
    </EditModal>
  )
}
