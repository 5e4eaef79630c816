import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { isBehindDialog } from '@/frame/keys'
import { AddressFix } from './address-fix'

const { readOrder } = vi.hoisted(() => ({ readOrder: vi.fn<() => Promise<never>>() }))
vi.mock('@/orders/order/queries', async () => {
  const { useQuery } = await import('@tanstack/react-query')
  return { useOrder: (id: string) => useQuery({ queryKey: [id], queryFn: readOrder, retry: false }) }
})
vi.mock('@/orders/order/address-dialog', () => ({ default: () => null }))

test('an order that cannot be read is told as a problem, which can be closed; till then the page has no keys', async () => {
  let fail: (why: Error) => void = () => undefined
  readOrder.mockReturnValue(new Promise((_, no) => (fail = no)))
  const onClose = vi.fn()
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AddressFix orderId="7" onClose={onClose} />
    </QueryClientProvider>,
  )
  expect(isBehindDialog()).toBe(true)
  fail(new Error('no answer'))
  expect(await screen.findByRole('alert')).toBeTruthy()
  expect(isBehindDialog()).toBe(true)
  fireEvent.click(screen.getByRole('button', { name: /close/i }))
  expect(onClose).toHaveBeenCalledOnce()
})
