import { CheckCircleFilled, CloseOutlined, ExclamationCircleFilled, InfoCircleFilled } from '@ant-design/icons'
import { useSyncExternalStore, type ReactNode } from 'react'
import { problemOf } from '@/api/problems'
import { say, useWords } from '@/i18n/words'
import { fieldNamed } from './field-names'
import { whyOf } from './why'
import { frameWords } from './words'
import styles from './toasts.module.css'

interface Toast {
  id: number
  kind: 'good' | 'bad' | 'plain'
  text: string
  more?: string
  undo?: () => void
}

const SHOWN_MS = 6_000
const SHOWN_WITH_UNDO_MS = 12_000
const listeners = new Set<() => void>()
let toasts: Toast[] = []
let lastId = 0

function put(next: Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function dismiss(id: number): void {
  put(toasts.filter((toast) => toast.id !== id))
}

/** Tell what was done; `undo` offers to take it back. */
export function toast(text: string, { kind = 'good', more, undo }: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  const id = ++lastId
  put([...toasts.slice(-3), { id, kind, text, more, undo }])
  window.setTimeout(
    () => {
      dismiss(id)
    },
    undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS,
  )
}

/** Tell a refusal: what, why, what next. */
export function toastProblem(thrown: unknown): void {
  const problem = problemOf(thrown)
  if (problem.status === 401) return
  const text = problem.title || say(frameWords, 'noAnswer')
  const t: Parameters<typeof whyOf>[1] = (key, values) => say(frameWords, key, values)
  const why = problem.errors.map((error) => `${fieldNamed(error.field) ?? error.field}: ${whyOf(error, t)}`).join(' · ')
  toast(text, { kind: 'bad', more: [why || problem.detail, problem.next_step].filter(Boolean).join(' · ') })
}

const ICONS: Record<Toast['kind'], ReactNode> = {
  good: <CheckCircleFilled className={styles.good} />,
  bad: <ExclamationCircleFilled className={styles.bad} />,
  plain: <InfoCircleFilled className={styles.plain} />,
}

export function Toasts() {
  const t = useWords(frameWords)
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          {ICONS[toast.kind]}
          <div className={styles.text}>
            <div>{toast.text}</div>
            {toast.more && <div className={styles.more}>{toast.more}</div>}
          </div>
          {toast.undo && (
            <button
              type="button"
              className={styles.undo}
              onClick={() => {
                toast.undo?.()
                dismiss(toast.id)
              }}
            >
              {t('undo')}
            </button>
          )}
          <button
            type="button"
            className={styles.close}
            aria-label={t('close')}
            onClick={() => {
              dismiss(toast.id)
            }}
          >
            <CloseOutlined />
          </button>
        </div>
      ))}
    </div>
  )
}
