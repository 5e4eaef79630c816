import { Segmented } from 'antd'
import { useWords } from '@/i18n/words'
import form from '../order/order.module.css'
import type { Format, Paper } from './print-papers'
import { printWords } from './words'

const PAPERS: Paper[] = ['pick_list', 'packing_list', 'label']

interface Props {
  paper: Paper
  format: Format
  onPaper: (paper: Paper) => void
  onFormat: (format: Format) => void
}

/** Which paper, and for labels in which shape. */
export function PaperChoice({ paper, format, onPaper, onFormat }: Props) {
  const t = useWords(printWords)
  return (
    <div className={form.fields}>
      <div className={form.field}>
        <span>{t('paper')}</span>
        <Segmented
          aria-label={t('paper')}
          value={paper}
          onChange={(value) => {
            if (value !== 'label') onFormat('pdf')
            onPaper(value)
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
            onChange={onFormat}
            options={[
              { value: 'pdf', label: 'PDF' },
              { value: 'zpl', label: 'ZPL' },
            ]}
          />
        </div>
      )}
      <p className="dim">{t('hint')}</p>
    </div>
  )
}
