import { Button, Input } from 'antd'
import { instant, now } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { bulkWords } from './words'
import styles from './bulk.module.css'

const HOUR_MS = 3_600_000
const DELAYS = { inTwoHours: 2, inADay: 24, inThreeDays: 72, inAWeek: 168 } as const

/** An instant as the browser's field for it wants it: local, without seconds. */
export function localOf(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** When a hold ends by itself; empty: when somebody releases it. */
export function HoldUntil({ until, onUntil }: { until: string; onUntil: (until: string) => void }) {
  const t = useWords(bulkWords)
  return (
    <div className={styles.until} role="group" aria-label={t('until')}>
      <Button
        size="small"
        aria-pressed={!until}
        color={until ? 'default' : 'primary'}
        variant="outlined"
        onClick={() => {
          onUntil('')
        }}
      >
        {t('untilReleased')}
      </Button>
      {(Object.keys(DELAYS) as (keyof typeof DELAYS)[]).map((delay) => (
        <Button
          key={delay}
          size="small"
          onClick={() => {
            onUntil(new Date(now() + DELAYS[delay] * HOUR_MS).toISOString())
          }}
        >
          {t(delay)}
        </Button>
      ))}
      <Input
        type="datetime-local"
        size="small"
        aria-label={t('untilWhen')}
        min={localOf(new Date(now()).toISOString())}
        value={until ? localOf(until) : ''}
        onChange={(event) => {
          onUntil(event.target.value ? new Date(event.target.value).toISOString() : '')
        }}
        style={{ width: 190 }}
      />
      {until && <span className="dim">{t('endsAt', { at: instant(until) })}</span>}
    </div>
  )
}
