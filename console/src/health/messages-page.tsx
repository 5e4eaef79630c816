import { MailOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum } from '@/api/enums'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Page } from '@/frame/page'
import { Pill, type Tone } from '@/frame/pill'
import { toast, toastProblem } from '@/frame/toasts'
import type { Column } from '@/grid/columns'
import { NOTHING, type Selection } from '@/grid/selection'
import { instant, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { NoMatch } from '@/lists/no-match'
import { ListSearch, PagedGrid } from '@/lists/paged-grid'
import { MessageView } from './message-view'
import { healthWords } from './words'

type Message = components['schemas']['MessageView']

const TONES: Record<string, Tone> = { waiting: 'wait', done: 'good', set_aside: 'bad', duplicate: 'quiet' }
const rowId = (row: Message) => row.id

export default function MessagesPage() {
  const t = useWords(healthWords)
  const state = useEnum('message_state')
  const reason = useEnum('reason')
  const may = useMay()
  const cache = useQueryClient()
  const [params, setParams] = useSearchParams()
  const key = params.get('key') ?? ''
  const [opened, setOpened] = useState<Message | null>(null)
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const replay = useMutation({
    mutationFn: async (ids: readonly string[]) =>
      given(await api.POST('/api/v1/messages/replays', { body: { ids: [...ids] } })),
    onSuccess: ({ ids, left }) => {
      const more = left.length > 0 ? { kind: 'plain' as const, more: t('notReplayed', { count: left.length }) } : {}
      toast(t('replayed', { count: ids.length }), more)
      setSelection(NOTHING)
    },
    onError: toastProblem,
    onSettled: () => {
      for (const queryKey of [['messages-list'], ['message']]) void cache.invalidateQueries({ queryKey })
    },
  })
  const columns = useMemo(
    (): Column<Message>[] => [
      { id: 'at', title: t('at'), width: 112, isPinned: true, text: (row) => instant(row.at) },
      { id: 'direction', title: t('direction'), width: 76, text: (row) => t(row.direction === 'i' ? 'in' : 'out') },
      { id: 'kind', title: t('kind'), width: 210, text: (row) => row.kind },
      { id: 'counterpart', title: t('counterpart'), width: 160, text: (row) => row.counterpart },
      { id: 'key', title: t('key'), width: 190, text: (row) => row.business_key },
      {
        id: 'state',
        title: t('state'),
        width: 110,
        text: (row) => state(row.state),
        render: (row) => <Pill tone={TONES[row.state] ?? 'quiet'}>{state(row.state)}</Pill>,
      },
      { id: 'reason', title: t('reason'), width: 200, text: (row) => reason(row.reason) },
      { id: 'attempts', title: t('attempts'), width: 72, align: 'end', text: (row) => number(row.attempts) },
      { id: 'http', title: 'HTTP', width: 72, align: 'end', text: (row) => String(row.http_status ?? '') },
    ],
    [t, state, reason],
  )
  return (
    <Page
      isFilled
      title={t('messages')}
      about={t('aboutMessages')}
      actions={
        may('messages') &&
        selection.ids.size > 0 && (
          <Button
            type="primary"
            loading={replay.isPending}
            onClick={() => {
              replay.mutate([...selection.ids])
            }}
          >
            {t('replaySome', { count: selection.ids.size })}
          </Button>
        )
      }
    >
      <PagedGrid<Message>
        id="messages"
        label={t('messages')}
        columns={columns}
        queryKey={['messages-list', key]}
        read={async (cursor, signal) => {
          const query = { cursor, limit: 200, business_key: key || undefined }
          return given(await api.GET('/api/v1/messages', { params: { query }, signal }))
        }}
        rowId={rowId}
        exports={[{ list: 'messages', filters: { business_key: key } }]}
        onOpen={setOpened}
        selection={selection}
        onSelection={setSelection}
        tools={
          <ListSearch
            key={key}
            label={t('searchKey')}
            value={key}
            onValue={(value) => {
              setParams(value ? { key: value } : {}, { replace: true })
            }}
          />
        }
        empty={
          <NoMatch filters={{ key }}>
            <EmptyState icon={<MailOutlined />} title={t('none')} text={t('noneHint')}>
              <Link to="/health">{t('toHealth')}</Link>
            </EmptyState>
          </NoMatch>
        }
      />
      <Drawer
        open={opened !== null}
        size="min(860px, 100vw)"
        title={opened && `${opened.kind} · ${opened.business_key}`}
        onClose={() => {
          setOpened(null)
        }}
        extra={
          opened?.direction === 'i' &&
          may('messages') && (
            <Button
              loading={replay.isPending}
              onClick={() => {
                replay.mutate([opened.id])
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
