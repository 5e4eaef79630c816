import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { beforeEach, expect, test, vi } from 'vitest'
import type { EventName } from '@/api/events'
import ExceptionsPage from './page'
import type { Exception } from './shapes'

const { waiting, listeners } = vi.hoisted(() => ({
  waiting: { rows: [] as unknown[] },
  listeners: new Map<string, (data: unknown) => void>(),
}))
vi.mock('@/api/client', () => ({
  given: ({ data }: { data: unknown }) => data,
  api: {
    GET: (path: string, { params }: { params?: { query?: { id?: string[] } } } = {}) => {
      const ids = params?.query?.id
      const rows = (waiting.rows as Exception[]).filter((row) => !ids || ids.includes(row.id))
      return Promise.resolve({ data: path === '/api/v1/lists/exceptions' ? { items: rows, next: null } : {} })
    },
  },
}))
vi.mock('@/api/enums', () => ({ useEnum: () => (code: string) => code, useEnumOptions: () => [] }))
vi.mock('@/api/events', () => ({
  useEvent: (name: EventName, listener: (data: unknown) => void) => listeners.set(name, listener),
}))
vi.mock('@/lists/export-button', () => ({ ExportButton: () => null }))
vi.mock('@/orders/order-keys', () => ({ OrderKeys: () => null }))
vi.mock('./address-fix', () => ({
  AddressFix: ({ orderId }: { orderId: string }) => <input aria-label={`address of ${orderId}`} />,
}))

const row = (id: string) =>
  ({
    id,
    kind: 'hold',
    order_id: `o${id}`,
    order_no: `NO-${id}`,
    text: '',
    next_step: '',
    owner: '',
    since: '2026-01-01T00:00:00Z',
    listing_ids: [],
    buyer_remark: '',
    seller_remark: '',
    fix: { code: 'edit_address', is_allowed: true, zh: `fix ${id}`, en: `fix ${id}` },
  }) as unknown as Exception
const tell = (name: EventName, data: unknown = {}) =>
  act(async () => {
    listeners.get(name)?.(data)
    await new Promise((done) => setTimeout(done, 20))
  })
const news = () => screen.queryByText(/changes?, click/)

async function show(...ids: string[]) {
  if (ids.length > 0) waiting.rows = ids.map(row)
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <ExceptionsPage />
      </MemoryRouter>
    </QueryClientProvider>,
  )
  await screen.findByText('NO-' + (ids[0] ?? 'a'))
}

beforeEach(() => {
  vi.restoreAllMocks()
})

test('the address that somebody writes stays his, and of that order, when its row is dealt with or another takes its place', async () => {
  await show('a', 'b')
  fireEvent.click(screen.getByText('fix a'))
  const field = screen.getByLabelText('address of oa')
  waiting.rows = [row('b')]
  await tell('claims')
  expect(screen.getByText('Dealt with')).toBeTruthy()
  expect(screen.getByLabelText('address of oa')).toBe(field)
  await tell('exceptions', { changed: 1 })
  fireEvent.click(news() as HTMLElement)
  await waitFor(() => {
    expect(screen.queryByText('NO-a')).toBeNull()
  })
  expect(screen.getByLabelText('address of oa')).toBe(field)
  expect(screen.queryByLabelText('address of ob')).toBeNull()
})

test('a remark that waits to be read stands in its row', async () => {
  waiting.rows = [{ ...row('a'), text: 'Not read', buyer_remark: 'Ring twice', seller_remark: '' }]
  await show()
  expect(screen.getByText('Buyer: Ring twice').title).toBe('Buyer: Ring twice\nNot read')
})

test('what was told is news until the list is read', async () => {
  await show('a')
  expect(news()).toBeNull()
  await tell('exceptions', { changed: 2 })
  expect(news()?.textContent).toContain('2')
  fireEvent.click(news() as HTMLElement)
  await waitFor(() => {
    expect(news()).toBeNull()
  })
})

test('what came while the stream was broken is counted when it begins anew; where nothing came, nothing is said', async () => {
  await show('a')
  const later = Date.now() + 60_000
  vi.spyOn(Date, 'now').mockReturnValue(later)
  await tell('hello')
  expect(news()).toBeNull()
  waiting.rows = [row('a'), row('b')]
  await tell('hello')
  expect(news()?.textContent).toContain('1')
})
