import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { useKeys } from './keys'
import { useTabTitle } from './tab-title'

afterEach(cleanup)

function Dialog({ onMain, isReady = true }: { onMain: () => void; isReady?: boolean }) {
  useKeys([], { isModal: true })
  return (
    <div className="ant-modal">
      <button>×</button>
      <input aria-label="name" />
      <textarea aria-label="lines" />
      <input aria-label="chosen" role="combobox" />
      <form>
        <input aria-label="own" />
      </form>
      <div className="ant-modal-footer">
        <button>no</button>
        <button className="ant-btn-primary" disabled={!isReady} onClick={onMain}>
          yes
        </button>
      </div>
    </div>
  )
}

const press = (label: string, more: object = {}) =>
  fireEvent.keyDown(screen.getByLabelText(label), { key: 'Enter', ...more })

test.each([
  ['name', {}, 1],
  ['name', { isComposing: true }, 0],
  ['lines', {}, 0],
  ['lines', { ctrlKey: true }, 1],
  ['chosen', {}, 0],
  ['own', {}, 0],
])('Enter in %s %o presses the main button %i times', (label, more, times) => {
  const onMain = vi.fn()
  render(<Dialog onMain={onMain} />)
  press(label, more)
  expect(onMain).toHaveBeenCalledTimes(times)
})

test('a main button that is not ready is not pressed', () => {
  const onMain = vi.fn()
  render(<Dialog onMain={onMain} isReady={false} />)
  press('name')
  expect(onMain).not.toHaveBeenCalled()
})

const later = () => act(() => new Promise((done) => setTimeout(done)))

function Page({ isOpen, popup = '' }: { isOpen: boolean; popup?: string }) {
  return (
    <>
      <button>opener</button>
      <button>other</button>
      {popup && (
        <div className="ant-dropdown">
          <button>{popup}</button>
        </div>
      )}
      {isOpen && <Dialog onMain={() => undefined} />}
    </>
  )
}

test('the focus goes back to what opened a dialog', async () => {
  const shown = render(<Page isOpen={false} />)
  screen.getByText('opener').focus()
  shown.rerender(<Page isOpen />)
  screen.getByLabelText('name').focus()
  shown.rerender(<Page isOpen={false} />)
  await later()
  expect(document.activeElement).toBe(screen.getByText('opener'))
})

test('opened from a menu that is gone, it goes back to what opened the menu', async () => {
  const shown = render(<Page isOpen={false} popup="item" />)
  screen.getByText('opener').focus()
  screen.getByText('item').focus()
  shown.rerender(<Page isOpen popup="item" />)
  screen.getByLabelText('name').focus()
  shown.rerender(<Page isOpen={false} />)
  await later()
  expect(document.activeElement).toBe(screen.getByText('opener'))
})

test('who has put it elsewhere meanwhile keeps it', async () => {
  const shown = render(<Page isOpen={false} />)
  screen.getByText('opener').focus()
  shown.rerender(<Page isOpen />)
  shown.rerender(<Page isOpen={false} />)
  screen.getByText('other').focus()
  await later()
  expect(document.activeElement).toBe(screen.getByText('other'))
})

function Rows({ run }: { run: (key: string) => void }) {
  const key = (key: string) => ({
    key,
    says: key,
    run: () => {
      run(key)
    },
  })
  useKeys(['j', 'x', 'enter', 'escape'].map(key))
  return <button>queue</button>
}

test('who moves to a row has left the button pressed before: Enter is meant for the row', () => {
  const run = vi.fn()
  render(<Rows run={run} />)
  screen.getByText('queue').focus()
  for (const key of ['x', 'Enter']) fireEvent.keyDown(document.activeElement ?? document.body, { key })
  expect(run.mock.calls).toEqual([['x']])
  for (const key of ['j', 'Enter']) fireEvent.keyDown(document.activeElement ?? document.body, { key })
  expect(run.mock.calls).toEqual([['x'], ['j'], ['enter']])
})

test('Escape closes the menu that is open, and nothing behind it', () => {
  const run = vi.fn()
  const menu = render(<div className="ant-dropdown" />)
  render(<Rows run={run} />)
  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(run).not.toHaveBeenCalled()
  menu.rerender(<div className="ant-dropdown ant-dropdown-hidden" />)
  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(run).toHaveBeenCalledWith('escape')
})

function Titled({ text, depth }: { text: string; depth?: number }) {
  useTabTitle(text, depth)
  return null
}

test('the tab is named by the record on top, then by its page', () => {
  const shown = render(
    <>
      <Titled text="SO1" depth={1} />
      <Titled text="Orders" />
    </>,
  )
  expect(document.title).toMatch(/^SO1 · Orders · /)
  shown.rerender(<Titled text="Stock" />)
  expect(document.title).toMatch(/^Stock · [^·]+$/)
})
