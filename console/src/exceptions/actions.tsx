import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api } from '@/api/client'
import { toast, toastProblem } from '@/frame/toasts'
import { now } from '@/i18n/format'
import { language } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { useForgetting, useRenewing } from './renewing'
import { isCall, mappingOf, messagesOf, type Exception } from './shapes'
import { exceptionWords } from './words'
import styles from './exceptions.module.css'

const HOUR_MS = 3_600_000
const DELAYS = { hour: 1, fourHours: 4, tomorrow: 20 } as const
type Delay = keyof typeof DELAYS

interface Props {
  row: Exception
  /** Begins another address; the dialog is the page's, since it outlasts the row. */
  onAddress: (row: Exception) => void
}

/** Take it, give it back, put it off, or take the suggested fix. */
export function ExceptionActions({ row, onAddress }: Props) {
  const t = useWords(exceptionWords)
  const [asked] = useSearchParams()
  const isWithSnoozed = asked.get('snoozed') === 'true'
  const navigate = useNavigate()
  const renew = useRenewing()
  const forget = useForgetting()
  const cache = useQueryClient()
  const params = { path: { exception_id: row.id } }
  const refresh = () => {
    renew([row.id], { isOwn: true }).catch(toastProblem)
  }
  const common = { onError: toastProblem, onSettled: refresh }
  const claim = useMutation({
    mutationFn: () => api.POST('/api/v1/exceptions/{exception_id}/claim', { params }),
    onSuccess: () => {
      toast(t('claimed'), {
        undo: () => {
          giveBack.mutate()
        },
      })
    },
    ...common,
  })
  const giveBack = useMutation({
    mutationFn: () => api.DELETE('/api/v1/exceptions/{exception_id}/claim', { params }),
    onSuccess: () => {
      toast(t('given'))
    },
    ...common,
  })
  const snooze = useMutation({
    mutationFn: (delay: Delay) =>
      api.POST('/api/v1/exceptions/{exception_id}/snooze', {
        params,
        body: { until: new Date(now() + DELAYS[delay] * HOUR_MS).toISOString(), note: '' },
      }),
    onMutate: () => ({ until: row.snoozed_until ?? null, note: row.note }),
    onSuccess: (_, delay, before) => {
      toast(t('snoozed', { time: t(delay) }), {
        undo: () => {
          restore.mutate(before)
        },
      })
      if (isWithSnoozed) refresh()
      else forget(row.id)
    },
    onError: toastProblem,
  })
  // The row may be gone from the list by then: it comes again where it belongs, when all are read anew.
  const restore = useMutation({
    mutationFn: (body: { until: string | null; note: string }) =>
      api.POST('/api/v1/exceptions/{exception_id}/snooze', { params, body }),
    onSuccess: () => {
      toast(t('restored'))
    },
    onError: toastProblem,
    onSettled: () => cache.invalidateQueries({ queryKey: ['exceptions'] }),
  })
  const fix = useMutation({
    mutationFn: () => api.POST('/api/v1/exceptions/{exception_id}/fix', { params }),
    onSuccess: () => {
      toast(`${t('fixed')} · ${fixName}${row.order_no ? ` · ${row.order_no}` : ''}`)
    },
    ...common,
  })
  const fixName = row.fix ? (language() === 'zh' ? row.fix.zh : row.fix.en) : ''
  if (row.is_gone) return <span className="dim">{t('gone')}</span>
  const start = () => {
    if (row.fix?.code === 'map_listing') void navigate(mappingOf(row))
    else if (row.fix?.code === 'edit_address') onAddress(row)
    else fix.mutate()
  }
  return (
    <span className={styles.actions}>
      {row.fix?.is_allowed && (
        <Button size="small" type="primary" ghost loading={fix.isPending} onClick={start}>
          {fixName}
        </Button>
      )}
      {isCall(row) && (
        <Link to={messagesOf(row)} className={styles.lookUp}>
          {t('lookUp')}
        </Link>
      )}
      {row.is_mine ? (
        <Button
          size="small"
          onClick={() => {
            giveBack.mutate()
          }}
        >
          {t('release')}
        </Button>
      ) : (
        <Button
          size="small"
          disabled={row.owner !== ''}
          onClick={() => {
            claim.mutate()
          }}
        >
          {t('claim')}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        menu={{
          items: (Object.keys(DELAYS) as Delay[]).map((key) => ({ key, label: t(key) })),
          onClick: ({ key }) => {
            snooze.mutate(key as Delay)
          },
        }}
      >
        <Button size="small">{t('snooze')}</Button>
      </Dropdown>
    </span>
  )
}
