import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Steps } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, given } from '@/api/client'
import { EditModal } from '@/frame/edit-modal'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { isComplete, type Values } from './form-fields'
import { RecordForm } from './record-form'
import { newRow, refusalOf } from './results'
import { shopRow, useShopFields } from './shop-dialog'
import { ShopTrial } from './shop-trial'
import { platformName } from './shop-names'
import { masterWords } from './words'
import styles from './masters.module.css'

const PLATFORMS = ['taobao', 'shopify', 'direct'] as const
const DOORS: Record<string, string[]> = { taobao: ['poll'], shopify: ['webhook', 'poll'], direct: [] }
const FIRST: Values = {
  code: '',
  name: '',
  shop_group: '',
  currency: 'CNY',
  time_zone: 'Asia/Shanghai',
  merge_window_s: 600,
  safety_quantity: 0,
  is_active: true,
}

/** Three steps: which platform, which account, done. */
export function ShopWizard({ onClose }: { onClose: () => void }) {
  const t = useWords(masterWords)
  const f = useWords(frameWords)
  const cache = useQueryClient()
  const [step, setStep] = useState(0)
  const [values, setValues] = useState<Values>(FIRST)
  const fields = useShopFields(t, true).filter((field) => field.name !== 'platform')
  const save = useMutation({
    mutationFn: async () => {
      const refusal = refusalOf(given(await api.POST('/api/v1/shops', { body: newRow(shopRow(values)) })))
      if (refusal) throw refusal
    },
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ['shops'] })
      setStep(2)
    },
  })
  return (
    <EditModal draft={values} isDone={step === 2} title={t('connect')} footer={null} onClose={onClose} width={720}>
      <Steps
        current={step}
        size="small"
        items={[{ title: t('step1') }, { title: t('step2') }, { title: t('step3') }]}
      />
      {step === 0 && (
        <div className={styles.platforms}>
          {PLATFORMS.map((platform) => (
            <button
              key={platform}
              type="button"
              className={styles.platform}
              aria-pressed={values.platform === platform}
              onClick={() => {
                setValues({ ...values, platform, doors: DOORS[platform] ?? [] })
                setStep(1)
              }}
            >
              {platformName(platform, t)}
            </button>
          ))}
        </div>
      )}
      {step === 1 && (
        <>
          <RecordForm fields={fields} values={values} isNew onValues={setValues} />
          <ShopTrial values={values} isStored={false} />
          {save.isError && <ProblemView problem={save.error} />}
          <div className={styles.buttons}>
            <Button
              onClick={() => {
                setStep(0)
              }}
            >
              {t('back')}
            </Button>
            <Button
              type="primary"
              loading={save.isPending}
              disabled={!isComplete(fields, values)}
              onClick={() => {
                save.mutate()
              }}
            >
              {t('connect')}
            </Button>
          </div>
        </>
      )}
      {step === 2 && (
        <>
          <p style={{ paddingTop: 20 }}>{t('connectDone')}</p>
          <ShopTrial values={{ ...values, secrets: null }} isStored />
          <div className={styles.buttons}>
            <Link to="/imports?kind=products">{t('importFile')}</Link>
            <Button type="primary" onClick={onClose}>
              {f('close')}
            </Button>
          </div>
        </>
      )}
    </EditModal>
  )
}
