import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useMay } from '@/api/me'
import { ApiProblem } from '@/api/problems'
import type { components } from '@/api/schema'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { toast, toastProblem } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { refusalOf } from './results'
import { useSkus } from './use-skus'
import { masterWords } from './words'
import styles from './masters.module.css'

export type Listing = components['schemas']['ListingView']
export type Unmapped = components['schemas']['UnmappedView']
type Suggestion = components['schemas']['Suggestion']

/** What speaks for a SKU, in words. */
function useLikeness(): (suggestion: Suggestion) => string {
  const t = useWords(masterWords)
  return ({ score, why }) => t('likeness', { score, why: why.map((one) => t(`why_${one}`)).join(' · ') })
}

/** Maps a listing upon the version that was seen; the lists of listings follow, after a refusal too: somebody may have been quicker. */
function useMapping(listing: Listing, onDone?: () => void, onConflict?: () => Promise<void>) {
  const t = useWords(masterWords)
  const cache = useQueryClient()
  return useMutation({
    mutationFn: async (skuCode: string) => {
      const { shop_code, item_ref, sku_ref, merchant_code, title } = listing
      const row = { shop_code, item_ref, sku_ref, merchant_code, title, sku_code: skuCode }
      const versions = { [`${shop_code}/${item_ref}/${sku_ref ?? ''}`]: listing.version }
      const refusal = refusalOf(given(await api.POST('/api/v1/catalog/listings', { body: { rows: [row], versions } })))
      if (refusal) throw refusal
      return skuCode
    },
    onSuccess: (skuCode) => {
      toast(skuCode ? t('mapped', { code: skuCode }) : t('unmapped'), { more: skuCode ? t('mappedThen') : undefined })
      onDone?.()
    },
    onError: async (problem) => {
      if (problem instanceof ApiProblem && problem.isConflict) await onConflict?.()
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ['listings'] })
    },
  })
}

function SkuSelect({
  value,
  onChange,
  size,
}: {
  value: string | null
  onChange: (code: string) => void
  size?: 'small'
}) {
  const t = useWords(masterWords)
  const [code, setCode] = useState('')
  return (
    <Select
      size={size}
      showSearch={{ filterOption: false, onSearch: setCode }}
      aria-label={t('chooseSku')}
      placeholder={t('chooseSku')}
      value={value}
      onChange={onChange}
      options={useSkus(code).found.map((sku) => ({ value: sku.code, label: `${sku.code} ${sku.name}` }))}
      popupMatchSelectWidth={false}
      style={{ width: size ? 150 : '100%' }}
    />
  )
}

/** The SKU of an unmapped listing: what it may be, each with why, by one click; else looked up. */
export function Mapper({ listing }: { listing: Unmapped }) {
  const t = useWords(masterWords)
  const may = useMay()
  const likeness = useLikeness()
  const save = useMapping(listing)
  if (!may('masters')) return null
  const take = (code: string) => {
    save.mutate(code, { onError: toastProblem })
  }
  return (
    <span className={styles.mapper}>
      {listing.suggestions.map((one, index) => (
        <Button
          key={one.sku_code}
          size="small"
          type={listing.is_sure && index === 0 ? 'primary' : 'default'}
          ghost={listing.is_sure && index === 0}
          loading={save.isPending && save.variables === one.sku_code}
          title={`${one.sku_name}\n${likeness(one)}`}
          aria-label={`${t('suggest', { code: one.sku_code })} ${likeness(one)}`}
          onClick={() => {
            take(one.sku_code)
          }}
        >
          {one.sku_code} <span className="dim">{one.score}</span>
        </Button>
      ))}
      <SkuSelect size="small" value={null} onChange={take} />
    </span>
  )
}

/** Another SKU for a listing that has one, with what that moves. Of one listing: give it the listing's id as its key. */
export function Remapping({ listing: first, onClose }: { listing: Listing; onClose: () => void }) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const [listing, setListing] = useState(first)
  const [code, setCode] = useState(first.sku_code ?? '')
  const save = useMapping(listing, onClose, async () => {
    const path = { record_id: Number(first.id) }
    const now = await api
      .GET('/api/v1/catalog/listings/{record_id}', { params: { path } })
      .then(given)
      .catch(() => null)
    if (now) setListing(now)
  })
  const isConflict = save.error instanceof ApiProblem && save.error.isConflict
  const isNewer = isConflict && listing.version !== first.version
  const { data } = useQuery({
    queryKey: ['mapping-effect', listing.id],
    queryFn: async () =>
      given(
        await api.GET('/api/v1/catalog/listings/{record_id}/effect', {
          params: { path: { record_id: Number(listing.id) } },
        }),
      ),
    gcTime: 0,
  })
  return (
    <EditModal
      draft={code}
      title={`${t('remap')} · ${listing.title ?? listing.item_ref}`}
      okText={f('save')}
      okButtonProps={{ loading: save.isPending, disabled: code === listing.sku_code || code === '' }}
      onOk={() => {
        save.mutate(code)
      }}
      onClose={onClose}
    >
      <div className={styles.remapping}>
        <span className="dim">
          {[listing.shop_code, listing.item_ref, listing.sku_ref, listing.merchant_code].filter(Boolean).join(' · ')}
        </span>
        <SkuSelect value={code || null} onChange={setCode} />
        {data && (
          <ul>
            {data.waiting_orders > 0 && <li>{t('effectWaiting', { count: data.waiting_orders })}</li>}
            {data.kept_orders > 0 && <li>{t('effectKept', { count: data.kept_orders })}</li>}
            {data.waiting_orders + data.kept_orders === 0 && <li>{t('effectNone')}</li>}
          </ul>
        )}
        {listing.sku_code && (
          <Button
            danger
            type="link"
            style={{ paddingInline: 0 }}
            loading={save.isPending}
            onClick={() => {
              save.mutate('')
            }}
          >
            {t('unmap')}
          </Button>
        )}
        {isNewer && <p role="alert">{t('mappingNewer', { now: listing.sku_code || t('unmapped') })}</p>}
        {save.isError && !isNewer && <ProblemView problem={save.error} />}
      </div>
    </EditModal>
  )
}
