import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { MemoryRouter, useLocation } from 'react-router'
import { beforeEach, expect, test, vi } from 'vitest'
import { NeighbourBar } from './neighbour-bar'
import { keepTrail } from './trail'

vi.mock('@/api/client', () => ({
  api: { GET: () => Promise.resolve({ data: {} }) },
  given: (answer: unknown) => answer,
}))

function Here() {
  const { pathname } = useLocation()
  return (
    <>
      <output>{pathname}</output>
      <input aria-label="field" />
      <NeighbourBar id={pathname.split('/').at(-1) ?? ''} />
    </>
  )
}

function show(state: unknown, id = '2') {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter initialEntries={[{ pathname: `/orders/${id}`, state }]}>
        <Here />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent(target, new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
const here = () => screen.getByRole('status').textContent

beforeEach(() => {
  keepTrail('orders', { ids: ['1', '2', '3'], isMore: true, back: '/orders?sort=paid_at' })
})

test('J and K go on in the list, and stop at its ends', () => {
  show({ trail: 'orders' })
  press('j')
  expect(here()).toBe('/orders/3')
  press('j')
  expect(here()).toBe('/orders/3')
  press('k')
  press('k')
  expect(here()).toBe('/orders/1')
  expect(screen.getByRole('link').getAttribute('href')).toBe('/orders?sort=paid_at')
})

test('letters of a field and of an unfinished word are left alone', () => {
  show({ trail: 'orders' })
  press('j', {}, screen.getByLabelText('field'))
  press('j', { isComposing: true })
  press('j', { keyCode: 229 })
  expect(here()).toBe('/orders/2')
})

test.each([null, { trail: 'exceptions' }])('an order that was opened otherwise has no neighbours: %j', (state) => {
  show(state)
  press('j')
  expect(here()).toBe('/orders/2')
  expect(screen.queryByRole('button')).toBeNull()
})
