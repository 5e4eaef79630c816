import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api } from '@/api/client'
import { ME_KEY } from '@/api/me'
import { ProblemView } from '@/frame/problem-view'
import { toast } from '@/frame/toasts'
import { useWords } from '@/i18n/words'
import { settingsWords } from './words'
import styles from './settings.module.css'

/** Present password and new one. `isFirst`: in place of every page, until it is done. */
export function PasswordForm({ isFirst = false }: { isFirst?: boolean }) {
  const t = useWords(settingsWords)
  const [present, setPresent] = useState('')
  const [next, setNext] = useState('')
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: () => api.PUT('/api/v1/me/password', { body: { present, new: next } }),
    onSuccess: () => {
      toast(t('changed'))
      void cache.invalidateQueries({ queryKey: ME_KEY })
      setPresent('')
      setNext('')
    },
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate()
      }}
    >
      <label>
        {t('present')}
        <Input.Password
          autoComplete="current-password"
          autoFocus={isFirst}
          value={present}
          onChange={(event) => {
            setPresent(event.target.value)
          }}
        />
      </label>
      <label>
        {t('next')}
        <Input.Password
          autoComplete="new-password"
          value={next}
          onChange={(event) => {
            setNext(event.target.value)
          }}
        />
      </label>
      {change.isError && <ProblemView problem={change.error} />}
      <Button
        type={isFirst ? 'primary' : 'default'}
        htmlType="submit"
        disabled={!present || !next}
        loading={change.isPending}
      >
        {t('change')}
      </Button>
    </form>
  )
}
