import { LockOutlined } from '@ant-design/icons'
import { Link } from 'react-router'
import { useMay } from '@/api/me'
import { useWords } from '@/i18n/words'
import { EmptyState } from './empty-state'
import { PLACES } from './nav'
import { Page } from './page'
import { frameWords } from './words'

/** Whether this person has one of the rights that the page at this address wants; the rail shows no other pages. */
export function useIsAllowed(pathname: string): boolean {
  const may = useMay()
  const place = PLACES.flatMap((group) => group.places).find(({ path }) => path === pathname)
  return !place?.rights || place.rights.some(may)
}

/** In place of a page that is not for this person. */
export function NoRight() {
  const t = useWords(frameWords)
  return (
    <Page title={t('noRight')}>
      <EmptyState icon={<LockOutlined />} title={t('noRightHint')}>
        <Link to="/">{t('goHome')}</Link>
      </EmptyState>
    </Page>
  )
}
