import { MailOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Segmented, Select } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum, useEnumOptions } from '@/api/enums'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill, type Tone } from '@/frame/pill'
import { toast, toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { NOTHING } from '@/grid/selection'
import { useSelection } from '@/grid/use-selection'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { ListSearch, PagedGrid } from '@/lists/paged-grid'
import { usePut } from '@/lists/use-put'
import { counterpartName } from './counterparts'
import { KindField } from './kind-field'
import { KindName, useKind } from './kind-name'
import { MessageView } from './message-view'
import { ReplayDialog } from './replay-dialog'
import { useReplaying, type Message } from './replaying'
import { healthWords } from './words'
import styles from './messages.module.css'

const PAGE = 200
const CHOSEN_MAX = 5_000
const ALL = 'all'
const STATES = ['waiting', 'done', 'set_aside', 'duplicate'] as const
type State = (typeof STATES)[number]
const TONES: Record<string, Tone> = { waiting: 'wait', done: 'good', set_aside: 'bad', duplicate: 'quiet' }
const rowId = (row: Message) => row.id

export default function MessagesPage() {
  const t = useWords(healthWords)
  const state = useEnum('message_state')
  const states = useEnumOptions('message_state')
  const reason = useEnum('reason')
  const said = useKind()
  const may = useMay()
  const cache = useQueryClient()
  const [params] = useSearchParams()
  const asked = useAsked(params)
  const { key, state: wanted, kind, direction } = asked
  const listed = [key, wanted, kind, direction].join('\n')
  const [opened, setOpened] = useState<Message | null>(null)
  const [selection, setSelection] = useSelection(listed)
  const work = useReplaying()
  const [kinds, setKinds] = useState<readonly string[]>([])
  const refresh = () => {
    for (const queryKey of [['messages-list'], ['message']]) void cache.invalidateQueries({ queryKey })
  }
  const replay = useMutation({
    mutationFn: async (id: string) =>
      api.POST('/api/v1/messages/{message_id}/replay', { params: { path: { message_id: Number(id) } } }),
    onSuccess: () => {
      toast(t('replayed', { count: 1 }))
    },
    onError: toastProblem,
    onSettled: refresh,
  })
  const put = usePut()
  const read = useCallback(
    async (cursor: string, signal?: AbortSignal, sort?: string) =>
      given(
        await api.GET('/api/v1/messages', {
          params: { query: { ...queryOf(asked), sort, cursor, limit: PAGE } },
          signal,
        }),
      ),
    [asked],
  )
  const chooseAll = useMutation({
    mutationFn: async (ofList: string) => {
      const ids: string[] = []
      let cursor: string | null | undefined = ''
      do {
        const page: Awaited<ReturnType<typeof read>> = await read(cursor)
        ids.push(...page.items.map(rowId))
        cursor = page.next
      } while (cursor && ids.length < CHOSEN_MAX)
      return { ofList, ids, isCut: Boolean(cursor) }
    },
    onSuccess: ({ ofList, ids, isCut }) => {
      // Somebody asks for another list by now: these are none of it.
      if (ofList !== listed) return
      setSelection({ ids: new Set(ids), anchor: null })
      if (isCut) toast(t('chosenCut', { count: ids.length }), { kind: 'plain' })
    },
    onError: toastProblem,
  })
  // Kinds that were seen are offered, whichever is asked for at the moment.
  const onRows = useCallback((rows: readonly Message[]) => {
    setKinds((before) => {
      const all = [...new Set([...before, ...rows.map((row) => row.kind)])].sort()
      return all.length === before.length ? before : all
    })
  }, [])
  const columns = useMemo(
    (): Column<Message>[] => [
      { id: 'at', title: t('at'), width: 112, isPinned: true, text: (row) => instant(row.at) },
      { id: 'direction', title: t('direction'), width: 76, text: (row) => t(row.direction === 'i' ? 'in' : 'out') },
      {
        id: 'kind',
        title: t('kind'),
        width: 270,
        text: (row) => said(row.kind),
        whole: (row) => `${said(row.kind)} · ${row.kind}`,
        render: (row) => (
          <span className={styles.kind}>
            <KindName kind={row.kind} />
          </span>
        ),
      },
      { id: 'counterpart', title: t('counterpart'), width: 160, text: (row) => counterpartName(row.counterpart, t) },
      { id: 'key', title: t('key'), width: 190, text: (row) => row.business_key },
      {
        id: 'state',
        line: 1,
        title: t('state'),
        width: 110,
        text: (row) => state(row.state),
        render: (row) => <Pill tone={TONES[row.state] ?? 'quiet'}>{state(row.state)}</Pill>,
      },
      { id: 'reason', title: t('reason'), width: 200, text: (row) => reason(row.reason) },
      { id: 'attempts', title: t('attempts'), width: 72, align: 'end', text: (row) => number(row.attempts) },
      { id: 'http', title: 'HTTP', width: 72, align: 'end', text: (row) => String(row.http_status ?? '') },
    ],
    [t, state, reason, said],
  )
  return (
    <Page
      isFilled
      title={t('messages')}
      about={t('aboutMessages')}
      actions={
        may('messages') && (
          <>
            <Button
              loading={chooseAll.isPending && chooseAll.variables === listed}
              onClick={() => {
                chooseAll.mutate(listed)
              }}
            >
              {t('chooseAll')}
            </Button>
            {selection.ids.size > 0 && (
              <Button type="primary" onClick={() => void work.start([...selection.ids])}>
                {t('replaySome', { count: selection.ids.size })}
              </Button>
            )}
          </>
        )
      }
    >
      <PagedGrid<Message>
        id="messages"
        label={t('messages')}
        columns={columns}
        queryKey={['messages-list', listed]}
        read={read}
        rowId={rowId}
        onRows={onRows}
        exports={[{ list: 'messages', filters: { business_key: key, state: wanted, kind, direction } }]}
        onOpen={setOpened}
        selection={selection}
        onSelection={setSelection}
        tools={
          <>
            <ListSearch
              key={key}
              label={t('searchKey')}
              value={key}
              onValue={(value) => {
                put({ key: value })
              }}
            />
            <Select
              aria-label={t('state')}
              value={wanted}
              onChange={(value) => {
                put({ state: value })
              }}
              options={[{ value: ALL, label: `${t('state')}: ${t('anyState')}` }, ...states]}
              style={{ minWidth: 120 }}
            />
            <KindField
              kind={kind}
              known={kinds}
              onKind={(value) => {
                put({ kind: value })
              }}
            />
            <Segmented
              aria-label={t('direction')}
              value={direction}
              onChange={(value) => {
                put({ direction: value })
              }}
              options={[
                { value: '', label: t('anyWay') },
                { value: 'i', label: t('in') },
                { value: 'o', label: t('out') },
              ]}
            />
            {!key && wanted !== 'set_aside' && <span className="dim">{t('week')}</span>}
          </>
        }
        empty={
          <NoMatch filters={{ key, state: t('state'), kind: t('kind'), direction: t('direction') }}>
            <EmptyState icon={<MailOutlined />} title={t('none')} text={t('noneHint')}>
              <Link to="/health">{t('toHealth')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
      {work.isOpen && (
        <ReplayDialog
          work={work}
          onClose={() => {
            work.close()
            setSelection(NOTHING)
            refresh()
          }}
        />
      )}
      <Drawer
        open={opened !== null}
        closable={{ placement: 'end' }}
        size="min(860px, 100vw)"
        title={
          opened && (
            <>
              <KindName kind={opened.kind} /> · {opened.business_key}
            </>
          )
        }
        onClose={() => {
          setOpened(null)
        }}
        extra={
          opened?.direction === 'i' &&
          may('messages') && (
            <Button
              loading={replay.isPending}
              onClick={() => {
                replay.mutate(opened.id)
              }}
            >
              {t('replay')}
            </Button>
          )
        }
      >
        {opened && <MessageView id={opened.id} />}
      </Drawer>
    </Page>
  )
}

interface Asked {
  key: string
  state: string
  kind: string
  direction: string
}

/** What the address asks for: of one business key all, else those set aside. */
function useAsked(params: URLSearchParams): Asked {
  const key = params.get('key') ?? ''
  const state = params.get('state') ?? (key ? ALL : 'set_aside')
  const kind = params.get('kind') ?? ''
  const direction = params.get('direction') ?? ''
  return useMemo(() => ({ key, state, kind, direction }), [key, state, kind, direction])
}

/** The same as the API takes it. */
function queryOf({ key, state, kind, direction }: Asked) {
  return {
    business_key: key || undefined,
    state: state === ALL ? [...STATES] : [state as State],
    kind: kind || undefined,
    direction: (direction || undefined) as 'i' | 'o' | undefined,
  }
}
