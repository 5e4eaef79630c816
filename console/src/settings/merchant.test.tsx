import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { i18n } from '@/i18n/start'
import { MerchantSettings } from './merchant'

const { stored, reads } = vi.hoisted(() => ({
  stored: { version: 1, aim: 'cheapest', may_split: true, split_cap: 2, split_penalty_minor: 0 },
  reads: { isLost: false },
}))
vi.mock('@/frame/toasts', () => ({ toast: () => undefined }))
vi.mock('@/api/me', () => ({ useMay: () => () => true }))
vi.mock('@/api/client', () => ({
  api: {
    GET: () => (reads.isLost ? Promise.reject(new TypeError('lost')) : Promise.resolve({ ...stored })),
    PUT: () =>
      Promise.reject(
        new ApiProblem({ title: 'newer', status: 412, reason: '', next_step: '', detail: '', errors: [] }),
      ),
  },
  given: (answer: unknown) => answer,
}))

afterEach(cleanup)

const cap = () => screen.findByLabelText<HTMLInputElement>('Parcels an order may become')
const write = async (value: string) => {
  fireEvent.change(await cap(), { target: { value } })
}

async function shown() {
  Object.assign(stored, { version: 1, split_cap: 2 })
  reads.isLost = false
  await i18n.changeLanguage('en')
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const { container } = render(
    <QueryClientProvider client={cache}>
      <MerchantSettings />
    </QueryClientProvider>,
  )
  await cap()
  return { cache, save: () => fireEvent.submit(container.querySelector('form') as HTMLFormElement) }
}

test('a change that was taken back is none: left, the form is as it is stored, but not while one writes', async () => {
  const { cache } = await shown()
  await write('5')
  Object.assign(stored, { version: 2, split_cap: 7 })
  await act(() => cache.invalidateQueries())
  expect((await cap()).value).toBe('5')
  await write('2')
  await write('25')
  expect((await cap()).value).toBe('25')
  await write('2')
  fireEvent.blur(await cap())
  await vi.waitFor(async () => {
    expect((await cap()).value).toBe('7')
  })
})

test('where what somebody else saved is not read, nothing typed is lost, and one may try again', async () => {
  const { save } = await shown()
  await write('5')
  Object.assign(stored, { version: 2, split_cap: 7 })
  reads.isLost = true
  save()
  const told = await screen.findByRole('alert')
  expect(told.textContent).toContain('could not be read')
  expect((await cap()).value).toBe('5')
  reads.isLost = false
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByLabelText('As it is now: 7')).toBeTruthy()
})

test('whoever takes all that the other one saved has the form as it is stored, and as it is stored later', async () => {
  const { cache, save } = await shown()
  await write('5')
  Object.assign(stored, { version: 2, split_cap: 7 })
  save()
  fireEvent.click(await screen.findByLabelText('As it is now: 7'))
  fireEvent.click(screen.getByText('Go on with these'))
  expect((await cap()).value).toBe('7')
  Object.assign(stored, { version: 3, split_cap: 9 })
  await act(() => cache.invalidateQueries())
  await vi.waitFor(async () => {
    expect((await cap()).value).toBe('9')
  })
})
