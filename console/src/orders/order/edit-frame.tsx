import { Alert, Modal } from 'antd'
import type { ReactNode } from 'react'
import { ApiProblem } from '@/api/problems'
import { useKeys } from '@/frame/keys'
import { ProblemView } from '@/frame/problem-view'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import styles from './order.module.css'

interface Props {
  title: string
  width: number
  /** Enough is filled in to be saved. */
  isReady: boolean
  isSaving: boolean
  /** Somebody was quicker: what is shown is newer than what was opened, and this says so. */
  news: string | false
  problem: unknown
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** The dialog of an edit of an order. A version conflict shows as news, any other refusal as the problem it is. */
export function EditFrame({ title, width, isReady, isSaving, news, problem, onSubmit, onClose, children }: Props) {
  const f = useWords(frameWords)
  useKeys([], { isModal: true })
  return (
    <Modal
      open
      title={title}
      okText={f('save')}
      cancelText={f('cancel')}
      okButtonProps={{ loading: isSaving, disabled: !isReady }}
      onOk={onSubmit}
      onCancel={onClose}
      width={width}
    >
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        {children}
        <button type="submit" hidden />
      </form>
      {news && <Alert type="warning" showIcon title={news} />}
      {problem !== null && !(problem instanceof ApiProblem && problem.isConflict) && <ProblemView problem={problem} />}
    </Modal>
  )
}
