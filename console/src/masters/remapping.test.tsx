import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { isBehindDialog } from '@/frame/keys'
import { Remapping, type Listing } from './mapper'

const { versions } = vi.hoisted(() => ({ versions: [] as unknown[] }))
const LISTING: Listing = {
  id: '7',
  shop_code: 'S',
  item_ref: '1',
  sku_ref: '2',
  merchant_code: '',
  title: '',
  sku_code: 'MINE',
  version: 1,
}
const REFUSED = { effect: 'refused', errors: [{ field: '', reason: 'version_conflict', text: 'newer' }] }

vi.mock('@/frame/toasts', () => ({ toast: () => undefined }))
vi.mock('@/api/client', () => ({
  api: {
    GET: (path: string) =>
      Promise.resolve(
        path.endsWith('/effect')
          ? { waiting_orders: 0, kept_orders: 0 }
          : { ...LISTING, sku_code: 'THEIRS', version: 2 },
      ),
    POST: (_: string, { body }: { body: { versions: Record<string, number> } }) => {
      const [seen] = Object.values(body.versions)
      versions.push(seen)
      return Promise.resolve({ results: seen === 2 ? [] : [REFUSED] })
    },
  },
  given: (answer: unknown) => answer,
}))

afterEach(cleanup)

test('keys of the list wait, and whoever was too late saves again upon the newer version', async () => {
  const onClose = vi.fn()
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Remapping listing={LISTING} onClose={onClose} />
    </QueryClientProvider>,
  )
  expect(isBehindDialog()).toBe(true)
  fireEvent.click(await screen.findByText('Take the mapping away'))
  expect((await screen.findByRole('alert')).textContent).toContain('THEIRS')
  expect(onClose).not.toHaveBeenCalled()
  fireEvent.click(await screen.findByText('Take the mapping away'))
  await vi.waitFor(() => {
    expect(onClose).toHaveBeenCalledOnce()
  })
  expect(versions).toEqual([1, 2])
})
