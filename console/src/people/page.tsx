import { Segmented } from 'antd'
import { useSearchParams } from 'react-router'
import { Page } from '@/frame/page'
import { useWords } from '@/i18n/words'
import { Keys } from './keys'
import { Reveals } from './reveals'
import { Roles } from './roles'
import { Users } from './users'
import { peopleWords } from './words'

const TABS = { users: Users, roles: Roles, reveals: Reveals, keys: Keys } as const
type Tab = keyof typeof TABS
const NAMES: Tab[] = ['users', 'roles', 'keys', 'reveals']

export default function PeoplePage() {
  const t = useWords(peopleWords)
  const [params, setParams] = useSearchParams()
  const tab = NAMES.find((name) => name === params.get('tab')) ?? 'users'
  const Shown = TABS[tab]
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <Shown
        tabs={
          <Segmented
            value={tab}
            onChange={(next) => {
              setParams(next === 'users' ? {} : { tab: next }, { replace: true })
            }}
            options={NAMES.map((value) => ({ value, label: t(value) }))}
          />
        }
      />
    </Page>
  )
}
