import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { ProblemView } from '@/frame/problem-view'
import { useReading } from '@/frame/use-reading'
import { toast } from '@/frame/toasts'
import { isNewer as isConflict } from '@/api/problems'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { FlagName, FLAGS } from '@/orders/flag-mark'
import { orderWords } from '@/orders/words'
import { settingsWords } from './words'
import styles from './settings.module.css'

type Flags = components['schemas']['FlagsView']

interface Draft {
  version: Flags['version']
  words: readonly string[]
}

const KEY = ['settings', 'flags']
const LONGEST = 12
const COLOURS = ['flagRed', 'flagYellow', 'flagGreen', 'flagBlue', 'flagPurple'] as const

/** What each flag of an order means here: the word that stands beside its mark. */
export function FlagSettings() {
  const { data, trouble } = useReading({
    queryKey: KEY,
    queryFn: async () => given(await api.GET('/api/v1/settings/flags')),
  })
  if (!data) return trouble ?? <Skeleton active />
  return (
    <>
      {trouble}
      <FlagForm stored={data} />
    </>
  )
}

function FlagForm({ stored }: { stored: Flags }) {
  const t = useWords(settingsWords)
  const o = useWords(orderWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const isFixed = !useMay()('settings')
  // What somebody has typed, upon the version he saw: it stays whatever others save meanwhile.
  const [typed, setTyped] = useState<Draft | null>(null)
  const [isNewer, setNewer] = useState(false)
  const draft: Draft = typed ?? { version: stored.version, words: stored.words as string[] }
  const save = useMutation({
    mutationFn: async ({ version, words }: Draft) =>
      given(
        await api.PUT('/api/v1/settings/flags', {
          params: { header: { 'If-Match': `"v${version}"` } },
          body: { words: words.map((word) => word.trim()) },
        }),
      ),
    onSuccess: (now, sent) => {
      toast(t('flagsSaved'))
      cache.setQueryData(KEY, now)
      setTyped((before) => before && (before.words === sent.words ? null : { ...before, version: now.version }))
      setNewer(false)
      void cache.invalidateQueries({ queryKey: ['fields'] })
    },
    onError: async (problem, sent) => {
      if (!isConflict(problem)) return
      const now = await api
        .GET('/api/v1/settings/flags')
        .then(given)
        .catch(() => null)
      if (!now) return
      setTyped((before) => ({ words: (before ?? sent).words, version: now.version }))
      setNewer(true)
    },
  })
  const isChanged = draft.words.some((word, index) => word.trim() !== (stored.words[index] ?? ''))
  const isTold = isNewer && isConflict(save.error)
  return (
    <form
      className={styles.rows}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(draft)
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
              value={draft.words[index] ?? ''}
              onChange={(event) => {
                const words = FLAGS.map((_, at) => (at === index ? event.target.value : (draft.words[at] ?? '')))
                setTyped({ ...draft, words })
              }}
              style={{ maxWidth: 220 }}
            />
          </label>
        )
      })}
      {isNewer && <p role="alert">{t('flagsNewer')}</p>}
      {save.isError && !isTold && <ProblemView problem={save.error} />}
      {!isFixed && (
        <div>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!isChanged}>
            {f('save')}
          </Button>
        </div>
      )}
    </form>
  )
}
