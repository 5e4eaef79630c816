import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, test, vi } from 'vitest'
import '@/i18n/start'
import { KindField } from './kind-field'

const SAID = vi.hoisted(() => [
  { code: 'entryorder.confirm', zh: '入库确认', en: 'goods received' },
  { code: 'deliveryorder.confirm', zh: '发货确认', en: 'shipment confirmed' },
])
vi.mock('@/api/enums', () => ({
  useAllWords: () => ({ message_kind: SAID }),
  useEnum: () => (code: string) => SAID.find((one) => one.code === code)?.zh ?? code,
}))

const KEY_CODES: Record<string, number> = { Enter: 13, ArrowDown: 40 }
const KNOWN = ['order', 'wms.create', 'wms.entry']

function field() {
  const onKind = vi.fn<(kind: string) => void>()
  function Held() {
    const [kind, setKind] = useState('')
    return (
      <>
        <button
          onClick={() => {
            setKind('')
          }}
        >
          another list
        </button>
        <KindField
          kind={kind}
          known={KNOWN}
          onKind={(next) => {
            onKind(next)
            setKind(next)
          }}
        />
      </>
    )
  }
  render(<Held />)
  const input = screen.getByRole<HTMLInputElement>('combobox')
  const press = (...keys: string[]) => {
    for (const key of keys) {
      fireEvent.keyDown(input, { key, keyCode: KEY_CODES[key] })
      fireEvent.keyUp(input, { key })
    }
  }
  const type = (value: string) => {
    fireEvent.mouseDown(input)
    fireEvent.change(input, { target: { value } })
  }
  const told = () => onKind.mock.calls.map(([kind]) => kind)
  return { input, press, type, told }
}

test('Enter takes the option that is marked and not what was typed, once', () => {
  const { input, press, type, told } = field()
  type('wms.e')
  press('ArrowDown', 'Enter')
  fireEvent.blur(input)
  expect(told()).toEqual(['wms.entry'])
  expect(input.value).toBe('wms.entry')
})

test.each(['order', 'no.such.kind'])('Enter takes the whole word %s, once', (word) => {
  const { input, press, type, told } = field()
  type(word)
  press('Enter')
  fireEvent.blur(input)
  expect(told()).toEqual([word])
  expect(input.value).toBe(word)
})

test('what was typed and left counts; what the address says elsewhere is shown, and may be typed again', () => {
  const { input, press, type, told } = field()
  type('order')
  fireEvent.blur(input)
  fireEvent.click(screen.getByRole('button', { name: 'another list' }))
  expect(input.value).toBe('')
  type('order')
  press('Enter')
  expect(told()).toEqual(['order', 'order'])
})

test('a kind is found by its words and by the name in its protocol, and shown by its words', () => {
  const { input, press, type, told } = field()
  type('入库确认')
  press('Enter')
  expect(input.value).toBe('入库确认')
  type('delivery')
  press('ArrowDown', 'Enter')
  expect(input.value).toBe('发货确认')
  type('entryorder.confirm')
  press('Enter')
  expect(input.value).toBe('入库确认')
  expect(told()).toEqual(['entryorder.confirm', 'deliveryorder.confirm', 'entryorder.confirm'])
})
