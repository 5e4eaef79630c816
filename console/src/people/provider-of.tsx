import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api } from '@/api/client'
import type { components } from '@/api/schema'
import { toast, toastProblem } from '@/frame/toasts'
import { useWords, type Say } from '@/i18n/words'
import { peopleWords } from './words'
import styles from './people.module.css'

type User = components['schemas']['UserView']
type Key = (typeof peopleWords.keys)[number]

/** How a person signs in, in words. */
export function waysOf(user: User, label: string, t: Say<Key>): string {
  const ways = [
    ...(user.has_password ? [t('byPassword')] : []),
    ...(user.provider === 'linked' ? [label] : []),
    ...(user.provider === 'awaited' ? [t('awaited', { label })] : []),
  ]
  return ways.join(' · ') || t('byNothing')
}

/** Lets a person who is here already sign in by the provider, or ends it. */
export function ProviderOf({ user, label, onDone }: { user: User; label: string; onDone: () => void }) {
  const t = useWords(peopleWords)
  const cache = useQueryClient()
  const isHis = user.provider !== 'none'
  const change = useMutation({
    mutationFn: () => {
      const params = { path: { person_id: Number(user.id) } }
      return isHis
        ? api.DELETE('/api/v1/users/{person_id}/provider', { params })
        : api.POST('/api/v1/users/{person_id}/provider', { params })
    },
    onSuccess: () => {
      toast(t(isHis ? 'unlinked' : 'awaitsDone', { name: user.name, label }))
      void cache.invalidateQueries({ queryKey: ['users'] })
      onDone()
    },
    onError: toastProblem,
  })
  return (
    <div className={styles.provider}>
      <Button
        danger={isHis}
        loading={change.isPending}
        onClick={() => {
          change.mutate()
        }}
      >
        {t(isHis ? 'unlink' : 'awaits', { label })}
      </Button>
      <span className="dim">{t(isHis ? 'unlinkHint' : 'awaitsHint', { label })}</span>
    </div>
  )
}
