import { Button, Segmented } from 'antd'
import { Link } from 'react-router'
import { useMe } from '@/api/me'
import { Page, Panel } from '@/frame/page'
import { setPreferences, usePreferences } from '@/frame/preferences'
import { language, setLanguage } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import facts from '@/orders/order/order.module.css'
import { FlagSettings } from './flags'
import { MerchantSettings } from './merchant'
import { PasswordForm } from './password-form'
import { Sessions } from './sessions'
import { settingsWords } from './words'
import styles from './settings.module.css'

export default function SettingsPage() {
  const t = useWords(settingsWords)
  const me = useMe()
  const { theme, isCompact } = usePreferences()
  return (
    <Page
      title={t('title')}
      actions={
        <Link to="/guide">
          <Button>{t('openGuide')}</Button>
        </Link>
      }
    >
      <div className={styles.columns}>
        <Panel title={t('account')}>
          <dl className={facts.facts}>
            <div>
              <dt>{t('name')}</dt>
              <dd>{me.title ? `${me.title} (${me.name})` : me.name}</dd>
            </div>
            <div>
              <dt>{t('scope')}</dt>
              <dd>
                {me.shops ? t('shops', { count: me.shops.length }) : t('allShops')} ·{' '}
                {me.warehouses ? t('warehouses', { count: me.warehouses.length }) : t('allWarehouses')}
              </dd>
            </div>
          </dl>
        </Panel>
        <Panel title={t('look')}>
          <div className={styles.rows}>
            <Choice
              label={t('theme')}
              value={theme}
              options={{ system: t('system'), light: t('light'), dark: t('dark') }}
              onValue={(value) => {
                setPreferences({ theme: value })
              }}
            />
            <Choice
              label={t('density')}
              value={isCompact ? 'compact' : 'comfortable'}
              options={{ comfortable: t('comfortable'), compact: t('compact') }}
              onValue={(value) => {
                setPreferences({ isCompact: value === 'compact' })
              }}
            />
            <Choice
              label={t('language')}
              value={language()}
              options={{ zh: '中文', en: 'English' }}
              onValue={setLanguage}
            />
          </div>
        </Panel>
        <Panel title={t('sourcing')}>
          <MerchantSettings />
        </Panel>
        <Panel title={t('flags')}>
          <FlagSettings />
        </Panel>
        <Panel title={t('password')}>{me.has_password ? <PasswordForm /> : <p>{t('noPassword')}</p>}</Panel>
        <Panel title={t('sessions')} isFlush>
          <Sessions present={me.session_id} />
        </Panel>
      </div>
    </Page>
  )
}

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: Record<Value, string>
  onValue: (value: Value) => void
}

function Choice<Value extends string>({ label, value, options, onValue }: ChoiceProps<Value>) {
  const entries = Object.entries(options) as [Value, string][]
  return (
    <div className={styles.choice}>
      <span>{label}</span>
      <Segmented
        aria-label={label}
        value={value}
        onChange={onValue}
        options={entries.map(([code, text]) => ({ value: code, label: text }))}
      />
    </div>
  )
}
