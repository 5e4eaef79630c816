import { Button } from 'antd'
import { Pill } from '@/frame/pill'
import { useWords } from '@/i18n/words'
import table from '@/orders/order/order.module.css'
import { PreviewTable, useReasonText } from './preview-table'
import { saveErrorFile, type Imported } from './send'
import { importWords } from './words'
import styles from './imports.module.css'

const EFFECTS = ['created', 'changed', 'same'] as const
const NONE = { created: 0, changed: 0, same: 0 }

/** How many rows are good, and for each bad cell what is wrong with it: on the cells themselves before anything is written. */
export function ImportReport({ report, isDryRun = false }: { report: Imported; isDryRun?: boolean }) {
  const t = useWords(importWords)
  const say = useReasonText()
  const effects = report.preview?.effects ?? NONE
  return (
    <div className={styles.report}>
      <div className={styles.sums}>
        <Pill tone="good">{t(isDryRun ? 'good' : 'done', { count: report.accepted })}</Pill>
        {report.preview && report.accepted > 0 && (
          <span className="dim">
            {EFFECTS.filter((one) => effects[one] > 0)
              .map((one) => t(`${one}Rows`, { count: effects[one] }))
              .join(' · ')}
          </span>
        )}
        {report.rejected > 0 && <Pill tone="bad">{t('bad', { count: report.rejected })}</Pill>}
        {report.error_file_base64 && (
          <Button
            type="link"
            size="small"
            onClick={() => {
              saveErrorFile(report)
            }}
          >
            {t('errorFile')}
          </Button>
        )}
      </div>
      {report.ignored_headers.length > 0 && (
        <p className="dim">{t('ignored', { names: report.ignored_headers.join(', ') })}</p>
      )}
      {report.preview && <PreviewTable report={report} preview={report.preview} />}
      {!report.preview && report.problems.length > 0 && (
        <div className={styles.problems} tabIndex={0} role="group" aria-label={t('bad', { count: report.rejected })}>
          <table className={table.table}>
            <thead>
              <tr>
                <th className={table.end}>{t('row')}</th>
                <th>{t('column')}</th>
                <th>{t('problem')}</th>
              </tr>
            </thead>
            <tbody>
              {report.problems.map((problem, index) => (
                <tr key={index}>
                  <td className={table.end}>{problem.row}</td>
                  <td>{problem.column || problem.field}</td>
                  <td>{say(problem)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
