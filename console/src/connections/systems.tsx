import { ApiOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Panel } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { troubleOf } from '@/frame/use-reading'
import { frameWords } from '@/frame/words'
import { PART_TONES } from '@/health/part-pill'
import { useWords } from '@/i18n/words'
import { pairsText, type FormField, type Values } from '@/masters/form-fields'
import { RecordDialog } from '@/masters/dialogs'
import { callsOf, useLanes, type ConnectionSay, type Part } from './lanes'
import { TryNow } from './try-now'
import { connectionWords } from './words'
import styles from './connections.module.css'

type Connection = components['schemas']['ConnectionView']

const PROTOCOLS = {
  qimen: 'protocol_qimen',
  kuaidi100: 'protocol_kuaidi100',
  taobao: 'protocol_taobao',
  shopify: 'protocol_shopify',
} as const
const LIMIT = 200
const NEW = { protocol: 'qimen', url: '', account: {}, is_active: true }

const protocolName = (protocol: string, t: ConnectionSay) =>
  protocol in PROTOCOLS ? t(PROTOCOLS[protocol as keyof typeof PROTOCOLS]) : protocol

function useSystems() {
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/connections', { params: { query: { limit: LIMIT } } })).items,
  })
  const warehouses = useQuery({
    queryKey: ['connections', 'warehouses'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/warehouses', { params: { query: { limit: LIMIT } } })).items,
  })
  return { connections, warehouses: warehouses.data ?? [] }
}

/** Connections to warehouse systems and tracking services, who uses them and how calls go. */
export function Systems() {
  const t = useWords(connectionWords)
  const may = useMay()
  const { connections, warehouses } = useSystems()
  const lanes = useLanes()
  const [opened, setOpened] = useState<Connection | 'new' | null>(null)
  const trouble = troubleOf(connections)
  if (!connections.data) return trouble ?? <Skeleton active />
  const make = may('settings') && (
    <Button
      onClick={() => {
        setOpened('new')
      }}
    >
      {t('newOne')}
    </Button>
  )
  return (
    <>
      {trouble}
      {connections.data.length === 0 ? (
        <EmptyState icon={<ApiOutlined />} title={t('noSystems')} text={t('noSystemsHint')}>
          {make}
        </EmptyState>
      ) : (
        <>
          <div className={styles.top}>{make}</div>
          <div className={styles.cards}>
            {connections.data.map((one) => (
              <System
                key={one.id}
                connection={one}
                users={warehouses.filter((warehouse) => warehouse.connection_code === one.code)}
                lanes={lanes}
                onOpen={may('settings') ? setOpened : undefined}
              />
            ))}
          </div>
        </>
      )}
      {opened && (
        <ConnectionDialog
          connection={opened === 'new' ? null : opened}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </>
  )
}

interface SystemProps {
  connection: Connection
  users: readonly { code: string; name: string }[]
  lanes: ReadonlyMap<string, Part>
  onOpen?: (connection: Connection) => void
}

function System({ connection, users, lanes, onOpen }: SystemProps) {
  const t = useWords(connectionWords)
  const f = useWords(frameWords)
  return (
    <Panel
      title={connection.code}
      extra={
        onOpen && (
          <Button
            size="small"
            onClick={() => {
              onOpen(connection)
            }}
          >
            {f('edit')}
          </Button>
        )
      }
    >
      <p className={styles.facts}>
        <span>{protocolName(connection.protocol, t)}</span>
        <span className="mono" translate="no">
          {connection.url}
        </span>
        <span>{t(connection.has_secrets ? 'withSecrets' : 'withoutSecrets')}</span>
        {!connection.is_active && <Pill tone="quiet">{t('off')}</Pill>}
      </p>
      {users.length > 0 && (
        <ul className={styles.feeds}>
          {users.map((user) => (
            <LaneOf key={user.code} name={user.name} lane={lanes.get(`warehouse:${user.code}`)} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function LaneOf({ name, lane }: { name: string; lane: Part | undefined }) {
  const t = useWords(connectionWords)
  return (
    <li>
      <Pill tone={lane ? PART_TONES[lane.state] : 'good'}>{name}</Pill>
      <span className="dim">{lane ? callsOf(lane, t) : t('nothingWaits')}</span>
      <TryNow lane={lane} />
    </li>
  )
}

function ConnectionDialog({ connection, onClose }: { connection: Connection | null; onClose: () => void }) {
  const t = useWords(connectionWords)
  const protocols = (Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[]).map((value) => ({
    value,
    label: t(PROTOCOLS[value]),
  }))
  const fields: FormField[] = [
    { name: 'code', label: t('code'), kind: 'text', isRequired: true, isFixed: true },
    { name: 'protocol', label: t('protocol'), kind: 'select', options: protocols, isRequired: true },
    { name: 'is_active', label: t('active'), kind: 'flag' },
    { name: 'url', label: t('url'), kind: 'area', isRequired: true },
    { name: 'account', label: t('account'), kind: 'pairs', hint: t('accountHint') },
    { name: 'secrets', label: t('secrets'), kind: 'pairs', hint: t('secretsHint') },
  ]
  return (
    <RecordDialog
      title={connection?.code ?? t('newOne')}
      fields={fields}
      first={connection ? { ...connection, secrets: {} } : NEW}
      isNew={connection === null}
      refresh={[['connections']]}
      save={async ({ id: _id, version, has_secrets: _has, secrets, account, ...row }) => {
        const isUntouched = connection !== null && pairsText(account) === pairsText(connection.account)
        const body = {
          ...row,
          account: isUntouched ? connection.account : account,
          secrets: pairsText(secrets) ? secrets : null,
        } as never
        if (connection === null) return given(await api.POST('/api/v1/network/connections', { body: { rows: [body] } }))
        await api.PUT('/api/v1/network/connections/{record_id}', {
          params: { path: { record_id: Number(connection.id) }, header: { 'If-Match': `"v${String(version)}"` } },
          body,
        })
        return undefined
      }}
      reread={connection === null ? undefined : () => readAgain(connection.id)}
      onClose={onClose}
    />
  )
}

/** As it is stored by now, its secrets as unwritten as they are shown. */
async function readAgain(id: string): Promise<Values> {
  const { items } = given(await api.GET('/api/v1/network/connections', { params: { query: { limit: LIMIT } } }))
  const now = items.find((one) => one.id === id)
  if (!now) throw new Error(`connection ${id} is not among the first ${LIMIT}`)
  return { ...now, secrets: {} }
}
