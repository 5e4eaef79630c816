import { Skeleton } from 'antd'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { Pill } from '@/frame/pill'
import { useReading } from '@/frame/use-reading'
import { useWords } from '@/i18n/words'
import { healthWords } from './words'
import styles from './message-view.module.css'

/** One message: what came or went, beside what we read in it, or what was answered. */
export function MessageView({ id }: { id: string }) {
  const t = useWords(healthWords)
  const { data, trouble } = useReading({
    queryKey: ['message', id],
    queryFn: async () =>
      given(await api.GET('/api/v1/messages/{message_id}', { params: { path: { message_id: Number(id) } } })),
    staleTime: 60_000,
  })
  if (!data) return trouble ?? <Skeleton active />
  return (
    <div className={styles.sides}>
      <Side title={t('raw')} text={data.body} />
      {data.mapped && <Mapped mapped={data.mapped} />}
      {data.answer !== null && data.answer !== undefined && data.answer !== '' && (
        <Side title={t('answer')} text={data.answer} />
      )}
    </div>
  )
}

/** What our reader makes of it; or why it can't be read, and where. */
function Mapped({ mapped }: { mapped: NonNullable<components['schemas']['WholeMessage']['mapped']> }) {
  const t = useWords(healthWords)
  if (!mapped.reason) return <Side title={t('mapped')} text={JSON.stringify(mapped.facts, null, 2)} />
  return (
    <section className={styles.side}>
      <h3 className={styles.title}>{t('mapped')}</h3>
      <p role="alert">
        <Pill tone="bad">{t('unreadable')}</Pill> {mapped.text} <code>{mapped.place}</code>
      </p>
    </section>
  )
}

function Side({ title, text }: { title: string; text: string }) {
  return (
    <section className={styles.side}>
      <h3 className={styles.title}>{title}</h3>
      <pre className={styles.text} tabIndex={0}>
        {text}
      </pre>
    </section>
  )
}
