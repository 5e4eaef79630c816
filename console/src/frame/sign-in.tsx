import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api } from '@/api/client'
import { ApiProblem } from '@/api/problems'
import { providerAddress, useWays, type SignInWays } from '@/api/ways'
import { useWords } from '@/i18n/words'
import { Gate } from './gate'
import { ProblemView } from './problem-view'
import { useToldOnce } from './sign-in-told'
import { useTabTitle } from './tab-title'
import { frameWords } from './words'
import styles from './sign-in.module.css'

/** Without an answer to the question how people sign in: as they always could. */
const BY_PASSWORD: SignInWays = { has_password: true, provider: null, told: null }

export function SignIn() {
  const t = useWords(frameWords)
  useTabTitle(t('signIn'))
  const ways = useWays(useToldOnce())
  const [isFirst, setFirst] = useState(false)
  const { has_password: hasPassword, provider, told } = ways.data ?? BY_PASSWORD
  return (
    <Gate
      title={
        <>
          {t('product')} <span className="dim">{t('claim')}</span>
        </>
      }
    >
      {told && <ProblemView problem={new ApiProblem({ ...told, status: 0, detail: '', errors: [] })} />}
      {provider && (
        <Button type="primary" size="large" block href={providerAddress(provider.path)}>
          {t('signInWith', { label: provider.label })}
        </Button>
      )}
      {provider && hasPassword && <p className={styles.or}>{t('orPassword')}</p>}
      {!ways.isPending && (hasPassword || isFirst) && <PasswordSignIn isSecond={provider !== null} />}
      {!ways.isPending && !hasPassword && !isFirst && (
        <button
          type="button"
          className={styles.link}
          onClick={() => {
            setFirst(true)
          }}
        >
          {t('firstByPassword')}
        </button>
      )}
    </Gate>
  )
}

function PasswordSignIn({ isSecond }: { isSecond: boolean }) {
  const t = useWords(frameWords)
  const cache = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => api.POST('/api/v1/sign-in', { body: { name, password } }),
    onSuccess: () => cache.resetQueries(),
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        signIn.mutate()
      }}
    >
      <label className={styles.field}>
        {t('name')}
        <Input
          size="large"
          name="username"
          autoComplete="username"
          autoFocus={!isSecond}
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
        type={isSecond ? 'default' : 'primary'}
        size="large"
        htmlType="submit"
        block
        loading={signIn.isPending}
        disabled={!name || !password}
      >
        {t('signIn')}
      </Button>
      <p className={styles.hint}>{t('signInHint')}</p>
    </form>
  )
}
