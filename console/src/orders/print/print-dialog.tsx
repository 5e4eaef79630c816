import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { useWords } from '@/i18n/words'
import type { Target } from '../bulk/bulk-dialog'
import { PaperChoice } from './paper-choice'
import { PrintMany } from './print-many'
import { printPapers, showFile, type Format, type Paper } from './print-papers'
import { printWords } from './words'

interface Props {
  target: Target
  onClose: (isDone: boolean) => void
}

/** As many as one request prints; more, and all that match a filter, are a job. */
const AT_ONCE_MAX = 500

const NUMBERS_SHOWN = 8

/** Pick lists, packing lists or labels of the chosen orders, or of all that match. */
export function PrintDialog({ target, onClose }: Props) {
  if (target.order_nos && target.order_nos.length <= AT_ONCE_MAX)
    return <PrintFew orderNos={target.order_nos} onClose={onClose} />
  return <PrintMany target={target} onClose={onClose} />
}

/** At once, into a tab; asks before anything is printed twice. */
function PrintFew({ orderNos, onClose }: { orderNos: readonly string[]; onClose: Props['onClose'] }) {
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
            autoFocus
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
      <PaperChoice
        paper={paper}
        format={format}
        onPaper={(value) => {
          setPaper(value)
          print.reset()
        }}
        onFormat={setFormat}
      />
      <div>
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
