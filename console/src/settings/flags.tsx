import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { FlagName, FLAGS } from '@/orders/flag-mark'
import { orderWords } from '@/orders/words'
import { settingsWords } from './words'
import styles from './settings.module.css'

type Flags = components['schemas']['FlagsView']

const KEY = ['settings', 'flags']
const LONGEST = 12
const COLOURS = ['flagRed', 'flagYellow', 'flagGreen', 'flagBlue', 'flagPurple'] as const

/** What each flag of an order means here: the word that stands beside its mark. */
export function FlagSettings() {
  const { data, isError, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async () => given(await api.GET('/api/v1/settings/flags')),
  })
  if (isError) return <ProblemView problem={error} onAgain={() => void refetch()} />
  if (!data) return <Skeleton active />
  return <FlagForm key={data.version} stored={data} />
}

function FlagForm({ stored }: { stored: Flags }) {
  const t = useWords(settingsWords)
  const o = useWords(orderWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const isFixed = !useMay()('settings')
  const [words, setWords] = useState<readonly string[]>(stored.words as string[])
  const save = useMutation({
    mutationFn: async () =>
      given(
        await api.PUT('/api/v1/settings/flags', {
          params: { header: { 'If-Match': `"v${stored.version}"` } },
          body: { words: words.map((word) => word.trim()) },
        }),
      ),
    onSuccess: (now) => {
      toast(t('flagsSaved'))
      cache.setQueryData(KEY, now)
      void cache.invalidateQueries({ queryKey: ['fields'] })
    },
    onError: () => void cache.invalidateQueries({ queryKey: KEY }),
  })
  return (
    <form
      className={styles.rows}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      {FLAGS.map((flag, index) => {
        const colour = o(COLOURS[index] ?? 'flagRed')
        return (
          <label key={flag} className={styles.choice}>
            <FlagName flag={flag} name={colour} />
            <Input
              aria-label={`${t('flagMeans')} ${colour}`}
              placeholder={t('flagMeans')}
              maxLength={LONGEST}
              disabled={isFixed}
              value={words[index] ?? ''}
              onChange={(event) => {
                setWords(FLAGS.map((_, at) => (at === index ? event.target.value : (words[at] ?? ''))))
              }}
              style={{ maxWidth: 220 }}
            />
          </label>
        )
      })}
      {save.isError && <ProblemView problem={save.error} />}
      {!isFixed && (
        <div>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {f('save')}
          </Button>
        </div>
      )}
    </form>
  )
}
