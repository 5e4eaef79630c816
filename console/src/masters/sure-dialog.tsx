import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Modal, Skeleton } from 'antd'
import { api, given } from '@/api/client'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { masterWords } from './words'
import styles from './masters.module.css'

/** All mappings that are sure: counted and shown first, then taken at once. */
export function SureDialog({ shop, onClose }: { shop: string; onClose: () => void }) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  useKeys([], { isModal: true })
  const post = async (is_dry_run: boolean) =>
    given(await api.POST('/api/v1/catalog/unmapped/sure', { body: { shop, is_dry_run } }))
  const dry = useQuery({ queryKey: ['sure', shop], queryFn: () => post(true), gcTime: 0, staleTime: Infinity })
  const take = useMutation({
    mutationFn: () => post(false),
    onSuccess: ({ mapped }) => {
      toast(t('mappedMany', { count: mapped }))
      void cache.invalidateQueries({ queryKey: ['listings'] })
      onClose()
    },
  })
  const sure = dry.data?.sure ?? 0
  const rest = sure - (dry.data?.rows.length ?? 0)
  return (
    <Modal
      open
      width={720}
      title={t('sureTitle')}
      okText={t('takeThese', { count: sure })}
      cancelText={f('cancel')}
      okButtonProps={{ disabled: sure === 0, loading: take.isPending }}
      onOk={() => {
        take.mutate()
      }}
      onCancel={onClose}
    >
      {dry.isError && <ProblemView problem={dry.error} />}
      {take.isError && <ProblemView problem={take.error} />}
      {!dry.data && !dry.isError && <Skeleton active />}
      {dry.data && (
        <>
          <p>{sure === 0 ? t('sureNone') : t('sureCount', { count: sure, listings: dry.data.listings })}</p>
          {dry.data.waiting_orders > 0 && <p>{t('sureWaiting', { count: dry.data.waiting_orders })}</p>}
          {sure > 0 && (
            <div className={styles.sure} tabIndex={0} role="group" aria-label={t('sureTitle')}>
              <table className={table.table}>
                <thead>
                  <tr>
                    <th>{t('title')}</th>
                    <th>{t('merchantCode')}</th>
                    <th>{t('sku')}</th>
                    <th>{t('suggestions')}</th>
                  </tr>
                </thead>
                <tbody>
                  {dry.data.rows.map(({ suggestion, ...row }) => (
                    <tr key={`${row.shop_code}/${row.item_ref}/${row.sku_ref}`}>
                      <td>
                        {row.title || row.item_ref} <span className="dim">{row.shop_code}</span>
                      </td>
                      <td className="mono">{row.merchant_code}</td>
                      <td>
                        <span className="mono">{suggestion.sku_code}</span>{' '}
                        <span className="dim">{suggestion.sku_name}</span>
                      </td>
                      <td>{suggestion.why.map((why) => t(`why_${why}`)).join(' · ')}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {rest > 0 && <p className="dim">{t('sureMore', { count: rest })}</p>}
        </>
      )}
    </Modal>
  )
}
