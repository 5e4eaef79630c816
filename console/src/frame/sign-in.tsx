import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api } from '@/api/client'
import { language, setLanguage } from '@/i18n/start'
import { useWords } from '@/i18n/words'
import { ProblemView } from './problem-view'
import { frameWords } from './words'
import styles from './sign-in.module.css'

export function SignIn() {
  const t = useWords(frameWords)
  const cache = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => api.POST('/api/v1/sign-in', { body: { name, password } }),
    onSuccess: () => cache.resetQueries(),
  })
  return (
    <main className={styles.page}>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={40} height={40} />
        <h1 className={styles.title}>
          {t('product')} <span className="dim">{t('claim')}</span>
        </h1>
        <label className={styles.field}>
          {t('name')}
          <Input
            size="large"
            name="username"
            autoComplete="username"
            autoFocus
            value={name}
            onChange={(event) => {
              setName(event.target.value)
            }}
          />
        </label>
        <label className={styles.field}>
          {t('password')}
          <Input.Password
            size="large"
            name="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => {
              setPassword(event.target.value)
            }}
          />
        </label>
        {signIn.isError && <ProblemView problem={signIn.error} />}
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={signIn.isPending}
          disabled={!name || !password}
        >
          {t('signIn')}
        </Button>
        <p className={styles.hint}>{t('signInHint')}</p>
        <button
          type="button"
          className={styles.language}
          onClick={() => {
            setLanguage(language() === 'zh' ? 'en' : 'zh')
          }}
        >
          {t('language')}
        </button>
      </form>
    </main>
  )
}
