import { TranslationOutlined } from '@ant-design/icons'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { api, given } from '@/api/client'
import { useEnum, useEnumOptions } from '@/api/enums'
import { useMay } from '@/api/me'
import type { components } from '@/api/schema'
import { EmptyState } from '@/frame/empty-state'
import { Panel } from '@/frame/page'
import { useReading } from '@/frame/use-reading'
import { useWords } from '@/i18n/words'
import type { FormField, Values } from '@/masters/form-fields'
import { RecordDialog } from '@/masters/dialogs'
import table from '@/orders/order/order.module.css'
import type { ConnectionSay } from './lanes'
import { connectionWords } from './words'
import styles from './connections.module.css'

type Translation = components['schemas']['TranslationView']

/** Whose words they are, by subject. */
const SUBJECTS = { process_status: 'qimen', order_status: 'qimen', tracking: 'kuaidi100' } as const
type Subject = keyof typeof SUBJECTS
const SUBJECT_WORDS = {
  process_status: 'subject_process_status',
  order_status: 'subject_order_status',
  tracking: 'subject_tracking',
} as const

const subjectName = (subject: string, t: ConnectionSay) =>
  subject in SUBJECT_WORDS ? t(SUBJECT_WORDS[subject as Subject]) : subject

function useMeaning() {
  const t = useWords(connectionWords)
  const fulfilment = useEnum('fulfilment_state')
  const parcel = useEnum('parcel_state')
  return ({ subject, meaning }: Pick<Translation, 'subject' | 'meaning'>) => {
    if (meaning === 'note' || meaning === 'mask') return t(`meaning_${meaning}`)
    return (subject === 'tracking' ? parcel : fulfilment)(meaning.toLowerCase())
  }
}

/** What counterparts' words mean, where the protocol's own meaning does not fit. */
export function Translations() {
  const t = useWords(connectionWords)
  const may = useMay()
  const meaning = useMeaning()
  const [opened, setOpened] = useState<Translation | 'new' | null>(null)
  const { data, trouble } = useReading({
    queryKey: ['translations'],
    queryFn: async () => given(await api.GET('/api/v1/network/translations')),
  })
  if (!data) return trouble ?? <Skeleton active />
  const make = may('masters') && (
    <Button
      onClick={() => {
        setOpened('new')
      }}
    >
      {t('newTranslation')}
    </Button>
  )
  return (
    <>
      {trouble}
      <p className="dim">{t('translationsAbout')}</p>
      {data.length === 0 ? (
        <EmptyState icon={<TranslationOutlined />} title={t('noTranslations')} text={t('noTranslationsHint')}>
          {make}
        </EmptyState>
      ) : (
        <Panel title={t('translations')} extra={make} isFlush>
          <div className={styles.scroll}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th>{t('subject')}</th>
                  <th>{t('word')}</th>
                  <th>{t('meaning')}</th>
                  <th>{t('wordZh')}</th>
                  <th>{t('wordEn')}</th>
                </tr>
              </thead>
              <tbody>
                {data.map((row) => (
                  <tr key={`${row.protocol} ${row.subject} ${row.code}`}>
                    <td>{subjectName(row.subject, t)}</td>
                    <td translate="no">
                      {may('masters') ? (
                        <Button
                          type="link"
                          style={{ padding: 0, height: 'auto' }}
                          onClick={() => {
                            setOpened(row)
                          }}
                        >
                          {row.code}
                        </Button>
                      ) : (
                        row.code
                      )}
                    </td>
                    <td>{meaning(row)}</td>
                    <td>{row.zh}</td>
                    <td>{row.en}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
      {opened && (
        <TranslationDialog
          row={opened === 'new' ? null : opened}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </>
  )
}

const IDLE = [
  { value: 'note', word: 'meaning_note' },
  { value: 'mask', word: 'meaning_mask' },
] as const

const keyOf = ({ protocol, subject, code }: Translation) => `${protocol}/${subject}/${code}`

/** A translation as it is now. */
async function readAgain(row: Translation): Promise<Values> {
  const all = given(await api.GET('/api/v1/network/translations'))
  const found = all.find((one) => keyOf(one) === keyOf(row))
  if (!found) throw new Error('gone')
  return { ...found }
}

function TranslationDialog({ row, onClose }: { row: Translation | null; onClose: () => void }) {
  const t = useWords(connectionWords)
  const fulfilment = useEnumOptions('fulfilment_state')
  const parcel = useEnumOptions('parcel_state')
  const idle = IDLE.map(({ value, word }) => ({ value: value as string, label: t(word) }))
  const states = (options: { value: string; label: string }[]) =>
    options.map(({ value, label }) => ({ value: value.toUpperCase(), label }))
  const isTracking = (values: Record<string, unknown>) => values.subject === 'tracking'
  const meaning = { name: 'meaning', label: t('meaning'), kind: 'select', isRequired: true } as const
  const fields: FormField[] = [
    {
      name: 'subject',
      label: t('subject'),
      kind: 'select',
      isRequired: true,
      isFixed: true,
      options: (Object.keys(SUBJECTS) as Subject[]).map((value) => ({ value, label: t(SUBJECT_WORDS[value]) })),
    },
    { name: 'code', label: t('word'), kind: 'text', isRequired: true, isFixed: true },
    { ...meaning, options: [...idle, ...states(fulfilment)], isShown: (values) => !isTracking(values) },
    { ...meaning, options: [...idle, ...states(parcel)], isShown: isTracking },
    { name: 'zh', label: t('wordZh'), kind: 'text' },
    { name: 'en', label: t('wordEn'), kind: 'text' },
  ]
  return (
    <RecordDialog
      title={row?.code ?? t('newTranslation')}
      fields={fields}
      first={row ? { ...row } : { subject: 'process_status', zh: '', en: '' }}
      isNew={row === null}
      refresh={[['translations']]}
      save={async ({ version, ...values }) => {
        const protocol = row?.protocol ?? SUBJECTS[values.subject as Subject]
        const body = { ...values, protocol }
        const versions = { [keyOf(body as unknown as Translation)]: row ? (version as number) : 0 }
        return given(await api.POST('/api/v1/network/translations', { body: { rows: [body as never], versions } }))
      }}
      reread={row === null ? undefined : () => readAgain(row)}
      onClose={onClose}
    />
  )
}
