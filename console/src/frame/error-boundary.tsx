import { BugOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { say } from '@/i18n/words'
import { EmptyState } from './empty-state'
import { frameWords } from './words'

interface State {
  error: Error | null
}

/** Keeps the frame standing when a page breaks. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <EmptyState icon={<BugOutlined />} title={say(frameWords, 'broken')} text={say(frameWords, 'brokenHint')}>
        <code>{this.state.error.message}</code>
        <Button
          type="primary"
          onClick={() => {
            window.location.reload()
          }}
        >
          {say(frameWords, 'reload')}
        </Button>
      </EmptyState>
    )
  }
}
