import { useMutation } from '@tanstack/react-query'
import { Button, Modal, Segmented } from 'antd'
import { useState } from 'react'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { useWords } from '@/i18n/words'
import form from '../order/order.module.css'
import { printPapers, showFile, type Format, type Paper } from './print-papers'
import { printWords } from './words'

interface Props {
  orderNos: readonly string[]
  onClose: (isDone: boolean) => void
}

const PAPERS: Paper[] = ['pick_list', 'packing_list', 'label']
const NUMBERS_SHOWN = 8

/** Pick lists, packing lists or labels of the chosen orders; asks before anything is printed twice. */
export function PrintDialog({ orderNos, onClose }: Props) {
  const t = useWords(printWords)
  const [paper, setPaper] = useState<Paper>('pick_list')
  const [format, setFormat] = useState<Format>('pdf')
  useKeys([], { isModal: true })
  const print = useMutation({
    mutationFn: (again: boolean) => printPapers(paper, format, orderNos, again),
    onSuccess: (printed) => {
      showFile(printed, format, paper)
      toast(t('done', { count: printed.papers }))
      onClose(true)
    },
  })
  const before =
    print.error instanceof ApiProblem && print.error.body.reason === 'already_printed' ? print.error.body : null
  const numbers = (before?.errors ?? []).map((error) => error.detail ?? '').filter(Boolean)
  return (
    <Modal
      open
      title={t('title', { count: orderNos.length })}
      onCancel={() => {
        onClose(false)
      }}
      width={520}
      footer={
        <>
          <Button
            onClick={() => {
              onClose(false)
            }}
          >
            {t('close')}
          </Button>
          <Button
            type="primary"
            danger={before !== null}
            loading={print.isPending}
            onClick={() => {
              print.mutate(before !== null)
            }}
          >
            {t(before ? 'again' : 'print')}
          </Button>
        </>
      }
    >
      <div className={form.fields}>
        <div className={form.field}>
          <span>{t('paper')}</span>
          <Segmented
            aria-label={t('paper')}
            value={paper}
            onChange={(value) => {
              setPaper(value)
              if (value !== 'label') setFormat('pdf')
              print.reset()
            }}
            options={PAPERS.map((value) => ({ value, label: t(value) }))}
          />
        </div>
        {paper === 'label' && (
          <div className={form.field}>
            <span>{t('format')}</span>
            <Segmented
              aria-label={t('format')}
              value={format}
              onChange={setFormat}
              options={[
                { value: 'pdf', label: 'PDF' },
                { value: 'zpl', label: 'ZPL' },
              ]}
            />
          </div>
        )}
        <p className="dim">{t('hint')}</p>
        {before && (
          <p role="alert">
            {t('reprint', { numbers: numbers.slice(0, NUMBERS_SHOWN).join(', ') })}
            {numbers.length > NUMBERS_SHOWN && ` +${numbers.length - NUMBERS_SHOWN}`}
          </p>
        )}
        {print.isError && !before && <ProblemView problem={print.error} />}
      </div>
    </Modal>
  )
}
