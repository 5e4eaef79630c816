import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import '@/i18n/start'
import { ErrorBoundary } from './error-boundary'
import { isBehindDialog } from './keys'
import { later } from './later'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const Named = ({ name }: { name: string }) => <input aria-label={name} />

test('what is there is drawn at once, and is the same one when it is drawn again', async () => {
  const Part = later<{ name: string }>(() => Promise.resolve(Named))
  await act(() => new Promise((done) => setTimeout(done)))
  const shown = render(<Part name="a" />)
  const first = screen.getByLabelText('a')
  shown.rerender(<Part name="b" />)
  expect(screen.getByLabelText('b')).toBe(first)
})

test('what is still on its way takes the keys of the page, and stays the same one when it has come', async () => {
  let come: (part: typeof Named) => void = () => undefined
  const Part = later<{ name: string }>(() => new Promise((done) => (come = done)))
  await act(() => new Promise((done) => setTimeout(done)))
  const shown = render(<Part name="a" />)
  expect(isBehindDialog()).toBe(true)
  await act(async () => {
    come(Named)
    await new Promise((done) => setTimeout(done))
  })
  const first = screen.getByLabelText('a')
  expect(isBehindDialog()).toBe(false)
  shown.rerender(<Part name="b" />)
  expect(screen.getByLabelText('b')).toBe(first)
})

test('what was lost on its way is fetched again when it is opened', async () => {
  const read = vi.fn(() => Promise.resolve(Named)).mockRejectedValueOnce(new Error('lost'))
  const Part = later<{ name: string }>(read)
  await act(() => new Promise((done) => setTimeout(done)))
  render(<Part name="a" />)
  await act(() => new Promise((done) => setTimeout(done)))
  expect(screen.getByLabelText('a')).toBeTruthy()
  expect(read).toHaveBeenCalledTimes(2)
})

test.each([
  ['the same version', '<script src="/console/assets/index-1.js">', 'Try again'],
  ['another version', '<script src="/console/assets/index-2.js">', 'Reload'],
  ['no answer', undefined, 'Try again'],
])(
  'a page that did not come is asked for again, but a renewed console is loaded anew: %s',
  async (_, first, offered) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    document.head.innerHTML = '<script type="module" src="/console/assets/index-1.js"></script>'
    vi.stubGlobal('fetch', () => (first ? Promise.resolve(new Response(first)) : Promise.reject(new TypeError('lost'))))
    const read = vi.fn(() => Promise.resolve(Named)).mockRejectedValueOnce(new Error('lost'))
    const Part = later<{ name: string }>(read, { isAhead: false })
    render(
      <QueryClientProvider client={new QueryClient()}>
        <ErrorBoundary>
          <Part name="a" />
        </ErrorBoundary>
      </QueryClientProvider>,
    )
    const button = (await screen.findAllByRole('button'))[0]
    expect(button?.textContent).toBe(offered)
    expect(read).toHaveBeenCalledTimes(1)
    if (!button || offered !== 'Try again') return
    fireEvent.click(button)
    expect(await screen.findByLabelText('a')).toBeTruthy()
    expect(read).toHaveBeenCalledTimes(2)
  },
)
