import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, InputNumber, Segmented, Skeleton, Switch } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { ProblemView } from '@/frame/problem-view'
import { useReading } from '@/frame/use-reading'
import { toast } from '@/frame/toasts'
import { isNewer as isConflict } from '@/api/problems'
import { frameWords } from '@/frame/words'
import { houseUnit } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { settingsWords } from './words'
import styles from './settings.module.css'

type Sourcing = components['schemas']['SourcingView']

const MINOR = 100
const PARCELS_MAX = 20
const PENALTY_MAX_MINOR = 100_000_000
const KEY = ['settings', 'sourcing']

/** How the merchant wants orders sourced; who may change settings changes it here. */
export function MerchantSettings() {
  const { data, trouble } = useReading({
    queryKey: KEY,
    queryFn: async () => given(await api.GET('/api/v1/settings/sourcing')),
  })
  if (!data) return trouble ?? <Skeleton active />
  return (
    <>
      {trouble}
      <SourcingForm stored={data} />
    </>
  )
}

function SourcingForm({ stored }: { stored: Sourcing }) {
  const t = useWords(settingsWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const isFixed = !useMay()('settings')
  // What was chosen here stays when somebody else saves meanwhile; the rest is as it is stored now.
  const [draft, setDraft] = useState<Partial<Sourcing>>({})
  const wanted = { ...stored, ...draft }
  const [isNewer, setNewer] = useState(false)
  const put = (change: Partial<Sourcing>) => {
    setDraft({ ...draft, ...change })
  }
  const save = useMutation({
    mutationFn: async ({ version, ...body }: Sourcing) =>
      given(await api.PUT('/api/v1/settings/sourcing', { params: { header: { 'If-Match': `"v${version}"` } }, body })),
    onSuccess: (now) => {
      toast(t('sourcingSaved'))
      cache.setQueryData(KEY, now)
      setDraft({})
      setNewer(false)
    },
    onError: async (problem) => {
      if (!isConflict(problem)) return
      await cache.refetchQueries({ queryKey: KEY })
      setNewer(true)
    },
  })
  const isChanged = (Object.keys(stored) as (keyof Sourcing)[]).some((name) => stored[name] !== wanted[name])
  return (
    <form
      className={styles.rows}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(wanted)
      }}
    >
      <div className={styles.choice}>
        <span>{t('aim')}</span>
        <Segmented<Sourcing['aim']>
          aria-label={t('aim')}
          disabled={isFixed}
          value={wanted.aim}
          onChange={(aim) => {
            put({ aim })
          }}
          options={[
            { value: 'cheapest', label: t('cheapest') },
            { value: 'nearest', label: t('nearest') },
          ]}
        />
      </div>
      <label className={styles.choice}>
        <span>{t('maySplit')}</span>
        <Switch
          aria-label={t('maySplit')}
          disabled={isFixed}
          checked={wanted.may_split}
          onChange={(may_split) => {
            put({ may_split })
          }}
        />
      </label>
      <label className={styles.choice}>
        <span>{t('splitCap')}</span>
        <InputNumber
          aria-label={t('splitCap')}
          disabled={isFixed || !wanted.may_split}
          min={1}
          max={PARCELS_MAX}
          precision={0}
          value={wanted.split_cap}
          onChange={(value) => {
            put({ split_cap: value ?? 1 })
          }}
        />
      </label>
      <label className={styles.choice}>
        <span>{t('splitPenalty', { unit: houseUnit() })}</span>
        <InputNumber
          aria-label={t('splitPenalty', { unit: houseUnit() })}
          disabled={isFixed || !wanted.may_split}
          min={0}
          max={PENALTY_MAX_MINOR / MINOR}
          precision={2}
          value={wanted.split_penalty_minor / MINOR}
          onChange={(value) => {
            put({ split_penalty_minor: Math.round((value ?? 0) * MINOR) })
          }}
        />
      </label>
      <p className="dim">{t('sourcingHint')}</p>
      {isNewer && <p role="alert">{t('sourcingNewer')}</p>}
      {save.isError && !isConflict(save.error) && <ProblemView problem={save.error} />}
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
