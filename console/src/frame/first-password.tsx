import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api } from '@/api/client'
import { useMe } from '@/api/me'
import { useWords } from '@/i18n/words'
import { PasswordForm } from '@/settings/password-form'
import { Gate } from './gate'
import { toastProblem } from './toasts'
import { frameWords } from './words'
import styles from './sign-in.module.css'

/** In place of every page, for somebody whose password another person has set: one of his own comes first. */
export function FirstPassword() {
  const t = useWords(frameWords)
  const me = useMe()
  const cache = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => api.POST('/api/v1/sign-out'),
    onSuccess: () => cache.resetQueries(),
    onError: toastProblem,
  })
  return (
    <Gate isInside title={t('firstPassword')}>
      <p className={styles.hint}>{t('firstPasswordWhy', { name: me.title || me.name })}</p>
      <PasswordForm isFirst />
      <Button
        type="link"
        className={styles.link}
        loading={signOut.isPending}
        onClick={() => {
          signOut.mutate()
        }}
      >
        {t('signOut')}
      </Button>
    </Gate>
  )
}
