import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { useReading } from './use-reading'

afterEach(cleanup)

const refused = new ApiProblem({ title: 'broken', status: 500, reason: '', next_step: '', detail: '', errors: [] })
const lost = new TypeError('Failed to fetch')

function Page({ read }: { read: () => Promise<string> }) {
  const { data, trouble } = useReading({ queryKey: ['a page'], queryFn: read, retry: false })
  return (
    <>
      {trouble}
      <p>{data ?? 'nothing'}</p>
    </>
  )
}

test('what was read stays below the trouble until it can be read anew; that nobody answers is not said twice', async () => {
  const answers = [refused, 'first', refused, 'second', lost]
  const read = () => {
    const next = answers.shift()
    return typeof next === 'string' ? Promise.resolve(next) : Promise.reject(next ?? refused)
  }
  const cache = new QueryClient()
  render(
    <QueryClientProvider client={cache}>
      <Page read={read} />
    </QueryClientProvider>,
  )
  const again = async () => screen.findByRole('button')
  expect((await screen.findByRole('alert')).textContent).toContain('broken')
  screen.getByText('nothing')
  fireEvent.click(await again())
  await screen.findByText('first')
  expect(screen.queryByRole('alert')).toBeNull()
  await act(() => cache.refetchQueries())
  await screen.findByRole('alert')
  screen.getByText('first')
  fireEvent.click(await again())
  await screen.findByText('second')
  await act(() => cache.refetchQueries())
  screen.getByText('second')
  expect(screen.queryByRole('alert')).toBeNull()
})
