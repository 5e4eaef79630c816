import { ShopOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { api, given } from '@/api/client'
import { useEnum } from '@/api/enums'
import { useMay } from '@/api/me'
import { EmptyState } from '@/frame/empty-state'
import { Panel } from '@/frame/page'
import { Pill } from '@/frame/pill'
import { useReading } from '@/frame/use-reading'
import { toast, toastProblem } from '@/frame/toasts'
import { PART_TONES, PartPill } from '@/health/part-pill'
import { instant } from '@/i18n/format'
import { say, useWords } from '@/i18n/words'
import { doorName, platformName, type Shop } from '@/masters/shop-names'
import { masterWords } from '@/masters/words'
import { FAILURES, failureOf, isAwaited, type Feed } from './feeds'
import { feedName } from './feed-name'
import { callsOf, useFeedStates, useLanes, type Part } from './lanes'
import { TryNow } from './try-now'
import { connectionWords } from './words'
import styles from './connections.module.css'

const LIMIT = 200

/** Each shop, or the one that the address names: its feeds, and what it hears from us. */
export function Channels() {
  const t = useWords(connectionWords)
  const [params] = useSearchParams()
  const only = params.get('shop')
  const { data, trouble } = useReading({
    queryKey: ['channels'],
    queryFn: async () => given(await api.GET('/api/v1/shops', { params: { query: { limit: LIMIT } } })).items,
    refetchInterval: 10_000,
  })
  if (!data) return trouble ?? <Skeleton active />
  if (data.length === 0)
    return (
      <EmptyState icon={<ShopOutlined />} title={t('noChannels')} text={t('noChannelsHint')}>
        <Link to="/shops">{t('toShops')}</Link>
      </EmptyState>
    )
  const shown = only === null ? data : data.filter((shop) => shop.code === only)
  return (
    <>
      {trouble}
      {only !== null && (
        <p>
          <Link to="/connections">{t('allChannels')}</Link>
        </p>
      )}
      <div className={styles.cards}>
        {shown.map((shop) => (
          <Channel key={shop.id} shop={shop} />
        ))}
      </div>
    </>
  )
}

function Channel({ shop }: { shop: Shop }) {
  const t = useWords(connectionWords)
  const m = useWords(masterWords)
  const may = useMay()
  const states = useFeedStates(shop.code)
  const isOwn = shop.platform === 'direct'
  return (
    <Panel
      title={
        <>
          {shop.name} <span className="dim">{shop.code}</span>
        </>
      }
      extra={may('settings') && shop.is_active && !isOwn && shop.feeds.length > 0 && <ReadNow shop={shop} />}
    >
      <p className={styles.facts}>
        <span>{platformName(shop.platform, m)}</span>
        {shop.doors.map((door) => (
          <span key={door}>{doorName(door, m)}</span>
        ))}
        {!shop.is_active && <Pill tone="quiet">{t('off')}</Pill>}
      </p>
      {shop.feeds.length === 0 ? (
        <p className="dim">{isOwn ? t('ownApi') : shop.doors.length > 0 ? t('never') : t('noFeeds')}</p>
      ) : (
        <ul className={styles.feeds}>
          {shop.feeds.map((feed) => (
            <FeedRow key={feed.feed} feed={feed} state={states.get(feed.feed)} />
          ))}
        </ul>
      )}
      <Told shop={shop} />
    </Panel>
  )
}

function FeedRow({ feed, state }: { feed: Feed; state: Part['state'] | undefined }) {
  const t = useWords(connectionWords)
  return (
    <li>
      <span className={styles.feedName}>{feedName(feed.feed, t)}</span>
      {state && <PartPill state={state} />}
      {feed.feed !== 'push' && (
        <span>
          <span className="dim">{t('readTo')} </span>
          {instant(feed.read_to)}
        </span>
      )}
      <span>
        <span className="dim">{t('pulled')} </span>
        {instant(feed.pulled_at)}
      </span>
      {isAwaited(feed) && <Pill tone="wait">{t('wanted')}</Pill>}
      {feed.error && <Failure text={feed.error} />}
    </li>
  )
}

/** Why a read failed: its kind in words, then method and code as the counterpart has them. */
function Failure({ text }: { text: string }) {
  const t = useWords(connectionWords)
  const reasonOf = useEnum('reason')
  const { kind, reason, code } = failureOf(text)
  const words = [kind && t(FAILURES[kind]), reason && reasonOf(reason)].filter(Boolean).join(' · ')
  return (
    <span className={styles.error}>
      {words} {code && <span className="mono">{code}</span>}
    </span>
  )
}

function ReadNow({ shop }: { shop: Shop }) {
  const t = useWords(connectionWords)
  const cache = useQueryClient()
  const read = useMutation({
    mutationFn: () => api.POST('/api/v1/shops/{record_id}/reads', { params: { path: { record_id: Number(shop.id) } } }),
    onSuccess: () => {
      toast(say(connectionWords, 'readAsked', { name: shop.name }))
      void cache.invalidateQueries({ queryKey: ['channels'] })
    },
    onError: toastProblem,
  })
  return (
    <Button
      size="small"
      loading={read.isPending}
      onClick={() => {
        read.mutate()
      }}
    >
      {t('readNow')}
    </Button>
  )
}

/** Whether the platform hears of stock and shipments, and what waits to be told. */
function Told({ shop }: { shop: Shop }) {
  const t = useWords(connectionWords)
  const lane = useLanes().get(`shop:${shop.code}`)
  const isOwn = shop.platform === 'direct'
  const isAble = !isOwn && shop.has_secrets && shop.is_active
  return (
    <div className={styles.told}>
      <span className="dim">{t('toPlatform')}</span>
      {isAble ? (
        <Pill tone={lane ? PART_TONES[lane.state] : 'good'}>{t('pushes')}</Pill>
      ) : (
        <Pill tone={isOwn ? 'quiet' : 'wait'}>{t(isOwn || !shop.is_active ? 'silent' : 'noSecrets')}</Pill>
      )}
      {isAble && !shop.pushes_stock && <Pill tone="quiet">{t('stockOff')}</Pill>}
      {isAble && lane && <span>{callsOf(lane, t)}</span>}
      {isAble && <TryNow lane={lane} />}
    </div>
  )
}
