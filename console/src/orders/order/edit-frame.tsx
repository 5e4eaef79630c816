import { Alert } from 'antd'
import type { ReactNode } from 'react'
import { EditModal } from '@/frame/edit-modal'
import { NotSaved } from '@/frame/not-saved'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import styles from './order.module.css'

interface Props {
  title: string
  width: number
  /** What is edited: it is not given up without a question. */
  draft: unknown
  /** Enough is filled in to be saved. */
  isReady: boolean
  /** Somebody was quicker, and one chooses between his and one's own. */
  isMerging?: boolean
  isSaving: boolean
  /** Somebody was quicker: what is shown is newer than what was opened, and this says so. */
  news: string | false
  problem: unknown
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** The dialog of an edit of an order. That somebody was quicker shows as news, whatever else keeps it from being saved as the problem it is. */
export function EditFrame({
  title,
  width,
  draft,
  isReady,
  isMerging = false,
  isSaving,
  news,
  problem,
  onSubmit,
  onClose,
  children,
}: Props) {
  const f = useWords(frameWords)
  return (
    <EditModal
      draft={draft}
      title={title}
      okText={f(isMerging ? 'takeChosen' : 'save')}
      okButtonProps={{ loading: isSaving, disabled: !isReady && !isMerging }}
      onOk={onSubmit}
      onClose={onClose}
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
      <NotSaved problem={problem} onAgain={isReady ? onSubmit : undefined} />
    </EditModal>
  )
}
