import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Switch } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { instant } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { actorName } from '@/orders/actor'
import { orderWords } from '@/orders/words'
import type { Shop } from './shop-names'
import { masterWords } from './words'
import styles from './masters.module.css'

/** Whether the shop is told its stock. It is turned at once, apart from the other fields, and shows who did it last. */
export function StockPush({ shop }: { shop: Shop }) {
  const t = useWords(masterWords)
  const o = useWords(orderWords)
  const cache = useQueryClient()
  const [now, setNow] = useState(shop)
  const turn = useMutation({
    mutationFn: async (isOn: boolean) =>
      given(
        await api.PUT('/api/v1/shops/{record_id}/stock-push', {
          params: { path: { record_id: Number(shop.id) } },
          body: { is_on: isOn },
        }),
      ),
    onSuccess: (changed) => {
      setNow(changed)
      toast(t(changed.pushes_stock ? 'pushTurnedOn' : 'pushTurnedOff', { name: changed.name }))
      for (const key of ['shops', 'channels', 'health-parts']) void cache.invalidateQueries({ queryKey: [key] })
    },
  })
  if (shop.platform === 'direct') return null
  return (
    <div className={styles.trial}>
      <Switch
        checked={now.pushes_stock}
        loading={turn.isPending}
        onChange={(isOn) => {
          turn.mutate(isOn)
        }}
        aria-label={t('stockPush')}
      />
      <div>
        <div>{t('stockPush')}</div>
        <small>{t(now.pushes_stock ? 'pushOnHint' : 'pushOffHint')}</small>
        {now.switched_at && (
          <small className={styles.line}>
            {t('switchedBy', { name: actorName(now.switched_by, o), at: instant(now.switched_at) })}
          </small>
        )}
        {turn.isError && <ProblemView problem={turn.error} />}
      </div>
    </div>
  )
}
