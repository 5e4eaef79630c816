import '@/i18n/start'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { EditModal } from './edit-modal'

afterEach(cleanup)

test('the second click of a double click does nothing: by then the button may say something else', async () => {
  const done = vi.fn()
  render(
    <EditModal title="title" okText="Go on" onOk={done} onClose={() => undefined}>
      text
    </EditModal>,
  )
  const button = await screen.findByRole('button', { name: 'Go on' })
  fireEvent.click(button, { detail: 1 })
  fireEvent.click(button, { detail: 2 })
  expect(done).toHaveBeenCalledTimes(1)
  fireEvent.click(button, { detail: 0 }) // by the keyboard
  expect(done).toHaveBeenCalledTimes(2)
})
