import { InboxOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Select, Steps } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Page, Panel } from '@/frame/page'
import { ProblemView } from '@/frame/problem-view'
import { useWords } from '@/i18n/words'
import { useFileShops } from '@/masters/options'
import { DropZone } from './drop-zone'
import { ImportReport } from './import-report'
import { addressOf } from './addresses'
import { KINDS, sendFile, type Imported } from './send'
import { importWords } from './words'
import styles from './imports.module.css'

/** Kind, file, check, result. Nothing is written before the check was seen. */
export default function ImportsPage() {
  const t = useWords(importWords)
  const cache = useQueryClient()
  const shops = useFileShops()
  const [params, setParams] = useSearchParams()
  const kind = KINDS.find((one) => one === params.get('kind')) ?? null
  const [shop, setShop] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [checked, setChecked] = useState<Imported | null>(null)
  const [done, setDone] = useState<Imported | null>(null)
  const send = useMutation({
    mutationFn: ({ given, isDryRun }: { given: File; isDryRun: boolean }) =>
      sendFile(kind ?? 'products', given, { shop, isDryRun }),
    onSuccess: (report, { isDryRun }) => {
      if (isDryRun) setChecked(report)
      else {
        setDone(report)
        void cache.invalidateQueries()
      }
    },
  })
  const take = (given: File) => {
    setFile(given)
    setChecked(null)
    setDone(null)
    send.mutate({ given, isDryRun: true })
  }
  const restart = () => {
    setFile(null)
    setChecked(null)
    setDone(null)
    send.reset()
  }
  const needsShop = kind === 'orders' && !shop
  const step = kind === null ? 0 : done ? 3 : checked ? 2 : 1
  const steps = [t('step1'), t('step2'), t('step3'), t('step4')].map((title) => ({ title }))
  return (
    <Page title={t('title')} about={t('about')}>
      <Steps size="small" responsive={false} className={styles.steps} current={step} items={steps} />
      <Panel title={t('step1')}>
        <div className={styles.kinds} role="group" aria-label={t('step1')}>
          {KINDS.map((one) => (
            <button
              key={one}
              type="button"
              className={styles.kind}
              aria-pressed={one === kind}
              onClick={() => {
                restart()
                setParams({ kind: one }, { replace: true })
              }}
            >
              {t(one)}
            </button>
          ))}
        </div>
      </Panel>
      {kind && (
        <Panel
          title={t('step2')}
          extra={
            <a href={`/api/v1/imports/${kind}/template`} download title={t('templateHint')}>
              {t('template')}
            </a>
          }
        >
          {kind === 'orders' && (
            <Select
              showSearch
              optionFilterProp="label"
              aria-label={t('shop')}
              placeholder={t('shop')}
              value={shop || undefined}
              onChange={(code: string) => {
                // What was checked, or came in, was of the shop before.
                restart()
                setShop(code)
              }}
              options={shops}
              className={styles.shop}
            />
          )}
          {!needsShop && <DropZone file={file} icon={<InboxOutlined />} onFile={take} />}
          {send.isError && <ProblemView problem={send.error} />}
        </Panel>
      )}
      {checked && !done && file && (
        <Panel title={t('step3')}>
          <ImportReport report={checked} isDryRun />
          <div className={styles.buttons}>
            <Button onClick={restart}>{t('back')}</Button>
            <Button
              type="primary"
              loading={send.isPending}
              disabled={checked.accepted === 0}
              onClick={() => {
                send.mutate({ given: file, isDryRun: false })
              }}
            >
              {t('importNow', { count: checked.accepted })}
            </Button>
          </div>
        </Panel>
      )}
      {done && (
        <Panel title={t('step4')}>
          <ImportReport report={done} />
          <div className={styles.buttons}>
            <Button type="primary" onClick={restart}>
              {t('again')}
            </Button>
            {kind && done.accepted > 0 && <Link to={addressOf(kind, shop, done.taken)}>{t('seeThem')}</Link>}
          </div>
        </Panel>
      )}
    </Page>
  )
}
