import { Segmented } from 'antd'
import { Page } from '@/frame/page'
import { useTab } from '@/frame/use-tab'
import { useWords } from '@/i18n/words'
import { Keys } from './keys'
import { Reveals } from './reveals'
import { Roles } from './roles'
import { Users } from './users'
import { peopleWords } from './words'

const TABS = { users: Users, roles: Roles, reveals: Reveals, keys: Keys } as const
const NAMES = ['users', 'roles', 'keys', 'reveals'] as const

export default function PeoplePage() {
  const t = useWords(peopleWords)
  const [tab, open] = useTab(NAMES)
  const Shown = TABS[tab]
  return (
    <Page isFilled title={t('title')} about={t('about')}>
      <Shown
        tabs={<Segmented value={tab} onChange={open} options={NAMES.map((value) => ({ value, label: t(value) }))} />}
      />
    </Page>
  )
}
