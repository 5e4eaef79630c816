import { useQuery } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import type { FormField, Values } from './form-fields'
import { useWarehouses } from './options'
import { RecordDialog } from './record-dialog'
import { ShopTrial } from './shop-trial'
import { doorName, platformName, type MasterSay, type Shop } from './shop-names'
import { StockPush } from './stock-push'
import { masterWords } from './words'

const PLATFORMS = ['taobao', 'shopify', 'direct']
const DOORS = ['poll', 'push', 'bulk', 'webhook']

export function useShopFields(t: MasterSay, isNew: boolean): FormField[] {
  const { data } = useQuery({
    queryKey: ['options', 'connections'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/connections', { params: { query: { limit: 200 } } })).items,
    staleTime: 60_000,
  })
  const warehouses = useWarehouses()
  const connections = (data ?? []).map(({ code, protocol }) => ({ value: code, label: `${code} (${protocol})` }))
  const isRemote = (values: Values) => values.platform !== 'direct'
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
      name: 'platform',
      label: t('platform'),
      kind: 'select',
      isRequired: true,
      isFixed: true,
      options: PLATFORMS.map((value) => ({ value, label: platformName(value, t) })),
    },
    { name: 'connection_code', label: t('connection'), kind: 'select', options: connections, isShown: isRemote },
    { name: 'account_ref', label: t('accountRef'), kind: 'text', isShown: isRemote },
    { name: 'shop_group', label: t('group'), kind: 'text' },
    { name: 'currency', label: t('currency'), kind: 'text', isRequired: true },
    { name: 'time_zone', label: t('timeZone'), kind: 'text', isRequired: true },
    { name: 'merge_window_s', label: t('mergeWindow'), kind: 'number' },
    { name: 'safety_quantity', label: t('safety'), kind: 'number' },
    { name: 'is_active', label: t('active'), kind: 'flag' },
    {
      name: 'doors',
      label: t('doors'),
      kind: 'many',
      options: DOORS.map((value) => ({ value, label: doorName(value, t) })),
      isShown: isRemote,
    },
    {
      name: 'warehouse_codes',
      label: t('servedBy'),
      kind: 'many',
      options: warehouses,
      hint: t('servedByHint'),
    },
    { name: 'secrets', label: t('secrets'), kind: 'pairs', hint: t('secretsHint'), isShown: isRemote },
  ]
}

const VIEW_ONLY = new Set(['id', 'version', 'has_secrets', 'feeds', 'pushes_stock', 'switched_by', 'switched_at'])

/** The row that the API takes: without what only views have, and secrets only when somebody typed some. */
export function shopRow(values: Values): Values {
  const { secrets, ...told } = values
  const row = Object.fromEntries(Object.entries(told).filter(([name]) => !VIEW_ONLY.has(name)))
  const isGiven = secrets !== null && typeof secrets === 'object' && Object.keys(secrets).length > 0
  return isGiven ? { ...row, secrets } : row
}

export function ShopDialog({ shop, onClose }: { shop: Shop; onClose: () => void }) {
  const t = useWords(masterWords)
  const fields = useShopFields(t, false)
  const path = { record_id: Number(shop.id) }
  return (
    <RecordDialog
      title={shop.name}
      fields={fields}
      first={{ ...shop }}
      isNew={false}
      refresh={[['shops'], ['options', 'shops']]}
      save={async (values) => {
        await api.PUT('/api/v1/shops/{record_id}', {
          params: { path, header: { 'If-Match': `"v${String(values.version)}"` } },
          body: shopRow(values) as never,
        })
        return undefined
      }}
      reread={async () => ({ ...given(await api.GET('/api/v1/shops/{record_id}', { params: { path } })) })}
      onClose={onClose}
    >
      {(values) => (
        <>
          <StockPush shop={shop} />
          <ShopTrial values={values} isStored />
        </>
      )}
    </RecordDialog>
  )
}
