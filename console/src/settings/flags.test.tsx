import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { FlagSettings } from './flags'

const { stored, versions } = vi.hoisted(() => ({
  stored: { version: 1, words: ['急', '', '', '', ''] },
  versions: [] as string[],
}))
vi.mock('@/frame/toasts', () => ({ toast: () => undefined }))
vi.mock('@/api/me', () => ({ useMay: () => () => true }))
vi.mock('@/api/client', () => ({
  api: {
    GET: () => Promise.resolve({ ...stored }),
    PUT: (_: string, { params, body }: { params: { header: Record<string, string> }; body: { words: string[] } }) => {
      const seen = params.header['If-Match'] ?? ''
      versions.push(seen)
      if (seen !== `"v${stored.version}"`)
        return Promise.reject(
          new ApiProblem({ title: 'newer', status: 412, reason: '', next_step: '', detail: '', errors: [] }),
        )
      Object.assign(stored, { version: stored.version + 1, words: body.words })
      return Promise.resolve({ ...stored })
    },
  },
  given: (answer: unknown) => answer,
}))

afterEach(cleanup)

const first = async () => (await screen.findAllByRole<HTMLInputElement>('textbox'))[0] as HTMLInputElement

test('what was typed stays when somebody else saves meanwhile, and the next save is upon his version', async () => {
  const cache = new QueryClient()
  const { container } = render(
    <QueryClientProvider client={cache}>
      <FlagSettings />
    </QueryClientProvider>,
  )
  const submit = () => {
    fireEvent.submit(container.querySelector('form') as HTMLFormElement)
  }
  const isOffered = () => screen.getByRole<HTMLButtonElement>('button').disabled === false
  await first()
  expect(isOffered()).toBe(false)
  fireEvent.change(await first(), { target: { value: '急 ' } })
  expect(isOffered()).toBe(false)
  fireEvent.change(await first(), { target: { value: '加急' } })
  expect(isOffered()).toBe(true)
  Object.assign(stored, { version: 2, words: ['他的', '', '', '', ''] })
  await act(() => cache.invalidateQueries())
  expect((await first()).value).toBe('加急')
  submit()
  await screen.findByRole('alert')
  expect((await first()).value).toBe('加急')
  submit()
  await vi.waitFor(() => {
    expect(screen.queryByRole('alert')).toBeNull()
  })
  expect((await first()).value).toBe('加急')
  expect(versions).toEqual(['"v1"', '"v2"'])
  expect(stored.words[0]).toBe('加急')
  await vi.waitFor(() => {
    expect(isOffered()).toBe(false)
  })
})
