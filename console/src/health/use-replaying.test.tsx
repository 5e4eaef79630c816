import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { pauseOf, useReplaying } from './replaying'

const { post } = vi.hoisted(() => ({ post: vi.fn<(ids: string[]) => Promise<unknown>>() }))
vi.mock('@/frame/toasts', () => ({ toastProblem: () => undefined }))
vi.mock('@/api/client', () => ({
  api: {
    GET: (_: string, { params }: { params: { query: { id: string[] } } }) =>
      Promise.resolve({ items: params.query.id.map((id) => ({ id, direction: 'i', state: 'done' })) }),
    POST: (_: string, { body }: { body: { ids: string[] } }) => post(body.ids),
  },
  given: (answer: unknown) => answer,
}))

const IDS = Array.from({ length: 250 }, (_, n) => String(n))
const ALL_TAKEN = { ids: [], left: [] }

function replaying() {
  const cache = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  )
  return renderHook(useReplaying, { wrapper }).result
}

const results = (work: { current: ReturnType<typeof useReplaying> }, result: string) =>
  work.current.rows.filter((row) => row.result === result).length

beforeEach(() => {
  post.mockReset()
})

test('what a failure left unsent is sent off later, and nothing twice', async () => {
  post.mockResolvedValueOnce(ALL_TAKEN).mockRejectedValueOnce(new TypeError('lost')).mockResolvedValue(ALL_TAKEN)
  const work = replaying()
  await act(() => work.current.start(IDS))
  await waitFor(() => {
    expect([results(work, 'read'), results(work, 'unsent')]).toEqual([100, 150])
  })
  await act(() => work.current.sendRest())
  await waitFor(() => {
    expect(results(work, 'read')).toBe(250)
  })
  expect(post.mock.calls.map(([ids]) => [ids[0], ids.length])).toEqual([
    ['0', 100],
    ['100', 100],
    ['100', 100],
    ['200', 50],
  ])
})

test('what was closed while it was sent off does not come back', async () => {
  let answer: (taken: unknown) => void = () => undefined
  post.mockReturnValueOnce(new Promise((done) => (answer = done))).mockResolvedValue(ALL_TAKEN)
  const work = replaying()
  let sending: Promise<void> = Promise.resolve()
  act(() => {
    sending = work.current.start(IDS)
  })
  expect(work.current.isOpen).toBe(true)
  act(() => {
    work.current.close()
  })
  await act(async () => {
    answer(ALL_TAKEN)
    await sending
  })
  expect(work.current.isOpen).toBe(false)
})

test('what was stopped midway is read as far as it was sent off, and the rest goes on when somebody wants it', async () => {
  let answer: (taken: unknown) => void = () => undefined
  post.mockResolvedValue(ALL_TAKEN).mockReturnValueOnce(new Promise((done) => (answer = done)))
  const work = replaying()
  let sending: Promise<void> = Promise.resolve()
  act(() => {
    sending = work.current.start(IDS)
  })
  expect([work.current.canStop, work.current.isStopping]).toEqual([true, false])
  act(() => {
    work.current.stop()
  })
  expect([work.current.isSending, work.current.isStopping]).toEqual([true, true])
  await act(async () => {
    answer(ALL_TAKEN)
    await sending
  })
  await waitFor(() => {
    expect([results(work, 'read'), results(work, 'unsent')]).toEqual([100, 150])
  })
  expect([post.mock.calls.length, work.current.isSending, work.current.isStopping]).toEqual([1, false, false])
  await act(() => work.current.sendRest())
  await waitFor(() => {
    expect(results(work, 'read')).toBe(250)
  })
  expect(post).toHaveBeenCalledTimes(3)
})

test('the longer nothing moves, the less often one looks', () => {
  expect([0, 4, 5, 8, 100].map(pauseOf)).toEqual([1_500, 1_500, 3_000, 24_000, 24_000])
})
