import { DisconnectOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import { knock, useIsReached } from '@/api/reached'
import { useWords } from '@/i18n/words'
import { frameWords } from './words'
import styles from './connection-bar.module.css'

const EVERY_MS = 5_000

/** Says so while the server does not answer, and reads again what had failed as soon as it does. What stands on the page stays there. */
export function ConnectionBar() {
  const t = useWords(frameWords)
  const cache = useQueryClient()
  const isReached = useIsReached()
  useEffect(() => {
    if (isReached) return
    const again = window.setInterval(() => void knock(), EVERY_MS)
    const now = () => void knock()
    window.addEventListener('online', now)
    return () => {
      window.clearInterval(again)
      window.removeEventListener('online', now)
      void cache.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' })
    }
  }, [isReached, cache])
  return (
    <section aria-live="polite" aria-label={t('connection')}>
      {!isReached && (
        <div className={styles.bar}>
          <DisconnectOutlined />
          <span>
            <strong>{t('unreached')}</strong> {t('unreachedHint')}
          </span>
          <Button size="small" onClick={() => void knock()}>
            {t('again')}
          </Button>
        </div>
      )}
    </section>
  )
}
