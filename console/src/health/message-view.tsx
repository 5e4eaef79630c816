import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { api, given } from '@/api/client'
import { ProblemView } from '@/frame/problem-view'
import { useWords } from '@/i18n/words'
import { healthWords } from './words'
import styles from './message-view.module.css'

/** One message: what came or went, beside what we read in it, or what was answered. */
export function MessageView({ id }: { id: string }) {
  const t = useWords(healthWords)
  const { data, isError, error } = useQuery({
    queryKey: ['message', id],
    queryFn: async () =>
      given(await api.GET('/api/v1/messages/{message_id}', { params: { path: { message_id: Number(id) } } })),
    staleTime: 60_000,
  })
  if (isError) return <ProblemView problem={error} />
  if (!data) return <Skeleton active />
  const mapped = (data as { mapped?: unknown }).mapped
  return (
    <div className={styles.sides}>
      <Side title={t('raw')} text={pretty(data.body)} />
      {mapped !== undefined && mapped !== null && <Side title={t('mapped')} text={JSON.stringify(mapped, null, 2)} />}
      {data.answer !== null && data.answer !== undefined && data.answer !== '' && (
        <Side title={t('answer')} text={pretty(data.answer)} />
      )}
    </div>
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

/** JSON with indents; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
