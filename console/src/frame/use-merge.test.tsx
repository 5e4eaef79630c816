import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { useMerge } from './use-merge'

interface Words {
  name: string
  note: string
}

const FIRST: Words = { name: 'old', note: 'old' }
const FIELDS = ['name', 'note'] as const
const clashesOf = (base: Words, mine: Words, now: Words) =>
  FIELDS.filter((field) => mine[field] !== base[field] && now[field] !== base[field] && mine[field] !== now[field])

function mergedOf(base: Words, mine: Words, now: Words, keepMine: ReadonlySet<string>): Words {
  const both: readonly string[] = clashesOf(base, mine, now)
  const kept = FIELDS.filter((field) => (both.includes(field) ? keepMine.has(field) : mine[field] !== base[field]))
  return { ...now, ...Object.fromEntries(kept.map((field) => [field, mine[field]])) }
}

function edited() {
  let answer: (now: Words) => void = () => undefined
  const reading = new Promise<Words>((done) => {
    answer = done
  })
  const newer = new ApiProblem({ title: 'newer', status: 412, reason: '', next_step: '', detail: '', errors: [] })
  const cache = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  )
  const reread = vi.fn(() => reading)
  const { result } = renderHook(
    () =>
      useMerge<Words, Words>({
        first: () => ({ base: FIRST, draft: FIRST }),
        save: () => Promise.reject(newer),
        onSaved: () => undefined,
        reread,
        clashesOf,
        mergedOf,
      }),
    { wrapper },
  )
  const write = (change: Partial<Words>) => {
    act(() => {
      result.current.setDraft((before) => ({ ...before, ...change }))
    })
  }
  const save = async () => {
    act(() => {
      result.current.save()
    })
    await vi.waitFor(() => {
      expect(reread).toHaveBeenCalled()
    })
  }
  const isRead = async (now: Words) => {
    await act(async () => {
      answer(now)
      await reading
    })
  }
  return { result, write, save, isRead }
}

afterEach(cleanup)

test('what is typed while the other version is read is merged as well', async () => {
  const { result, write, save, isRead } = edited()
  write({ name: 'mine' })
  await save()
  write({ name: 'mine, longer' })
  await isRead({ ...FIRST, note: 'theirs' })
  await vi.waitFor(() => {
    expect(result.current.isMerged).toBe(true)
  })
  expect(result.current.draft).toEqual({ name: 'mine, longer', note: 'theirs' })
})

test('what is typed meanwhile into the field that the other changed is asked about', async () => {
  const { result, write, save, isRead } = edited()
  write({ name: 'mine' })
  await save()
  write({ note: 'mine' })
  await isRead({ ...FIRST, note: 'theirs' })
  await vi.waitFor(() => {
    expect(result.current.theirs).toEqual({ name: 'old', note: 'theirs' })
  })
  expect([...result.current.kept]).toEqual(['note'])
  act(() => {
    result.current.take()
  })
  expect(result.current.draft).toEqual({ name: 'mine', note: 'mine' })
})
