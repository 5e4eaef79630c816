import { BugOutlined, CloudSyncOutlined, DisconnectOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { say, useWords } from '@/i18n/words'
import { EmptyState } from './empty-state'
import { Lost } from './later'
import { PageSkeleton } from './page'
import { isReplaced } from './version'
import { frameWords } from './words'

interface State {
  error: Error | null
}

const reload = () => {
  window.location.reload()
}

/** Keeps the frame standing when a page breaks. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    if (error instanceof Lost)
      return (
        <LostPage
          onAgain={() => {
            this.setState({ error: null })
          }}
        />
      )
    return (
      <EmptyState icon={<BugOutlined />} title={say(frameWords, 'broken')} text={say(frameWords, 'brokenHint')}>
        <code>{error.message}</code>
        <Button type="primary" onClick={reload}>
          {say(frameWords, 'reload')}
        </Button>
      </EmptyState>
    )
  }
}

/** The page's own file did not come: once more, or, where the console was renewed meanwhile, all of it anew. */
function LostPage({ onAgain }: { onAgain: () => void }) {
  const t = useWords(frameWords)
  const replaced = useQuery({ queryKey: ['is-replaced'], queryFn: isReplaced, retry: false, gcTime: 0, staleTime: 0 })
  if (replaced.isPending) return <PageSkeleton />
  if (replaced.data)
    return (
      <EmptyState icon={<CloudSyncOutlined />} title={t('renewed')} text={t('renewedHint')}>
        <Button type="primary" onClick={reload}>
          {t('reload')}
        </Button>
      </EmptyState>
    )
  return (
    <EmptyState icon={<DisconnectOutlined />} title={t('lost')} text={t('lostHint')}>
      <Button type="primary" onClick={onAgain}>
        {t('again')}
      </Button>
      <Button onClick={reload}>{t('reload')}</Button>
    </EmptyState>
  )
}
