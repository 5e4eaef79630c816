import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { api, given } from '@/api/client'
import type { components } from '@/api/schema'
import { ProblemView } from '@/frame/problem-view'
import { useWords } from '@/i18n/words'
import type { Values } from './form-fields'
import { masterWords } from './words'
import styles from './masters.module.css'

type TrialBody = components['schemas']['TrialBody']
type Trial = components['schemas']['Trial']

/** What is asked with: of a stored shop, its stored secrets unless some were typed. */
function accountOf(values: Values, isStored: boolean): TrialBody {
  const {
    platform = 'direct',
    code = '',
    connection_code = '',
    account_ref = '',
    secrets,
  } = values as Partial<TrialBody>
  const isTyped = Object.keys(secrets ?? {}).length > 0
  return {
    platform,
    code: isStored ? code : '',
    connection_code,
    account_ref,
    secrets: isTyped || !isStored ? (secrets ?? {}) : null,
  }
}

/** Really asks the platform who we are, with the account as it is typed or stored. An answer counts for the account it was asked with. */
export function ShopTrial({ values, isStored }: { values: Values; isStored: boolean }) {
  const t = useWords(masterWords)
  const account = accountOf(values, isStored)
  const asked = JSON.stringify(account)
  const trial = useMutation({
    mutationFn: async () => ({ asked, ...given(await api.POST('/api/v1/shops/trials', { body: account })) }),
  })
  if (account.platform === 'direct') return null
  const answer = trial.data?.asked === asked ? trial.data : undefined
  return (
    <div className={styles.trial}>
      <Button
        loading={trial.isPending}
        onClick={() => {
          trial.mutate()
        }}
      >
        {t('tryIt')}
      </Button>
      <div aria-live="polite">
        {answer && <Answer trial={answer} />}
        {!answer && !trial.isError && <small>{t('tryItHint')}</small>}
        {trial.isError && <ProblemView problem={trial.error} />}
      </div>
    </div>
  )
}

function Answer({ trial }: { trial: Trial }) {
  const t = useWords(masterWords)
  if (trial.outcome === 'reached')
    return <Alert type="success" showIcon title={trial.name ? t('reachedAs', { name: trial.name }) : t('reached')} />
  const why = trial.detail ? `${trial.text} (${trial.detail})` : trial.text
  return <Alert type="error" showIcon title={why} description={trial.next_step} />
}
