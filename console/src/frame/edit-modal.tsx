import { Button, Modal, type ModalProps } from 'antd'
import { useRef, useState, type SyntheticEvent } from 'react'
import { isField, useKeys } from './keys'
import { frameWords } from './words'
import { useWords } from '@/i18n/words'

interface Props extends Omit<ModalProps, 'open' | 'onCancel' | 'cancelText' | 'cancelButtonProps'> {
  /** What is edited: other than when the dialog was opened, it is not given up without a question. */
  draft?: unknown
  /** Nothing in it can be lost any more. */
  isDone?: boolean
  cancelText?: string
  onClose: () => void
}

/**
 * A dialog in which something is edited. Escape, a click beside it and its cross ask before they give up what is not saved,
 * a text that no list has answered yet too; the button that says so gives it up at once.
 */
export function EditModal({ draft, isDone = false, cancelText, onOk, onClose, children, ...rest }: Props) {
  const f = useWords(frameWords)
  const [first] = useState(() => JSON.stringify(draft))
  const [isAsking, setAsking] = useState(false)
  const texts = useRef(new Map<HTMLInputElement, string>())
  useKeys([], { isModal: true })
  const remember = ({ target }: SyntheticEvent) => {
    if (isText(target) && !texts.current.has(target)) texts.current.set(target, target.value)
  }
  const isTyped = () => [...texts.current].some(([field, before]) => field.isConnected && field.value !== before)
  return (
    <>
      <Modal
        open
        {...rest}
        onOk={(event) => {
          // Its second click would do what the button says by then: save what nobody has looked over.
          if (event.detail <= 1) onOk?.(event)
        }}
        cancelText={cancelText ?? f('cancel')}
        cancelButtonProps={{ onClick: onClose }}
        onCancel={() => {
          if (!isDone && (JSON.stringify(draft) !== first || isTyped())) setAsking(true)
          else onClose()
        }}
      >
        <div onFocusCapture={remember} onKeyDownCapture={remember} onPointerDownCapture={remember}>
          {children}
        </div>
      </Modal>
      {isAsking && (
        <AskFirst
          onKeep={() => {
            setAsking(false)
          }}
          onDiscard={onClose}
        />
      )}
    </>
  )
}

function isText(target: EventTarget): target is HTMLInputElement {
  return isField(target) && 'value' in target
}

function AskFirst({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  const f = useWords(frameWords)
  const keep = useRef<HTMLButtonElement>(null)
  useKeys([], { isModal: true })
  return (
    <Modal
      open
      // The dialog takes the focus when it has opened; then Enter keeps what was typed.
      afterOpenChange={() => keep.current?.focus()}
      centered
      width={400}
      title={f('unsaved')}
      onCancel={onKeep}
      footer={
        <>
          <Button danger onClick={onDiscard}>
            {f('discard')}
          </Button>
          <Button ref={keep} type="primary" onClick={onKeep}>
            {f('keepEditing')}
          </Button>
        </>
      }
    >
      {f('unsavedSays')}
    </Modal>
  )
}
