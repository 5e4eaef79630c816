import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, InputNumber, Segmented, Skeleton, Switch } from 'antd'
import { useEffect, useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { isField } from '@/frame/keys'
import { NotSaved } from '@/frame/not-saved'
import { useReading } from '@/frame/use-reading'
import { toast } from '@/frame/toasts'
import { useMerge } from '@/frame/use-merge'
import { frameWords } from '@/frame/words'
import { houseUnit } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { FormField } from '@/masters/form-fields'
import { clashesOf, isChanged, mergedOf } from '@/masters/merging'
import { RecordConflict } from '@/masters/record-conflict'
import { masterWords } from '@/masters/words'
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
  // What somebody has begun to change stays upon the version that he saw; untouched, the form is as it is stored now.
  const [begun, setBegun] = useState<Sourcing | null>(null)
  const stored = begun ?? data
  if (!stored) return trouble ?? <Skeleton active />
  return (
    <>
      {trouble}
      <SourcingForm
        key={stored.version}
        stored={stored}
        onBegun={() => {
          setBegun(stored)
        }}
        onDone={() => {
          setBegun(null)
        }}
      />
    </>
  )
}

interface Props {
  stored: Sourcing
  onBegun: () => void
  onDone: () => void
}

function SourcingForm({ stored, onBegun, onDone }: Props) {
  const t = useWords(settingsWords)
  const f = useWords(frameWords)
  const m = useWords(masterWords)
  const cache = useQueryClient()
  const isFixed = !useMay()('settings')
  const aims = [
    { value: 'cheapest' as const, label: t('cheapest') },
    { value: 'nearest' as const, label: t('nearest') },
  ]
  const fields: FormField[] = [
    { name: 'aim', label: t('aim'), kind: 'select', options: aims },
    { name: 'may_split', label: t('maySplit'), kind: 'flag' },
    { name: 'split_cap', label: t('splitCap'), kind: 'number' },
    { name: 'split_penalty_minor', label: t('splitPenalty', { unit: houseUnit() }), kind: 'money' },
  ]
  const merge = useMerge<Sourcing, Sourcing>({
    first: () => ({ base: stored, draft: stored }),
    save: async ({ base, draft: { version: _, ...body } }) => {
      const header = { 'If-Match': `"v${base.version}"` }
      cache.setQueryData(KEY, given(await api.PUT('/api/v1/settings/sourcing', { params: { header }, body })))
    },
    onSaved: () => {
      toast(t('sourcingSaved'))
      onDone()
    },
    reread: async () => {
      const now = given(await api.GET('/api/v1/settings/sourcing'))
      cache.setQueryData(KEY, now)
      return now
    },
    clashesOf: (base, mine, now) => clashesOf(fields, base, mine, now).map(({ name }) => name),
    mergedOf: (base, mine, now, kept) => mergedOf(fields, base, mine, now, kept) as Sourcing,
  })
  const { base, draft: wanted, theirs } = merge
  const put = (change: Partial<Sourcing>) => {
    merge.setDraft((before) => ({ ...before, ...change }))
  }
  const hasChanges = isChanged(fields, base, wanted)
  const { isMerged } = merge
  useEffect(() => {
    if (hasChanges) onBegun()
    // All of it is by now as the other one saved it, and nobody is writing here: nothing keeps the form from what is stored.
    else if (isMerged && !isField(document.activeElement)) onDone()
  }, [hasChanges, isMerged, onBegun, onDone])
  if (theirs)
    return (
      <div className={styles.rows}>
        <RecordConflict
          fields={clashesOf(fields, base, wanted, theirs)}
          mine={wanted}
          theirs={theirs}
          kept={merge.kept}
          onKept={merge.setKept}
        />
        <div>
          <Button type="primary" onClick={merge.take}>
            {f('takeChosen')}
          </Button>
        </div>
      </div>
    )
  return (
    <form
      className={styles.rows}
      // A change that was taken back, or that the other one made as well, is none: the form is then again as it is stored. But not while
      // somebody writes: on his way from 5 to 25 he may come by the 2 that is stored.
      onBlur={(event) => {
        if (!hasChanges && !event.currentTarget.contains(event.relatedTarget)) onDone()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        merge.save()
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
          options={aims}
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
      {merge.isMerged && !merge.isSaving && <Alert type="warning" showIcon title={m('mergedWithTheirs')} />}
      <NotSaved
        problem={merge.problem}
        onAgain={merge.save}
        nameOf={(name) => fields.find((field) => field.name === name)?.label}
      />
      {!isFixed && (
        <div>
          <Button type="primary" htmlType="submit" loading={merge.isSaving} disabled={!hasChanges}>
            {f('save')}
          </Button>
        </div>
      )}
    </form>
  )
}
