import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { i18n } from '@/i18n/start'
import type { Order, OrderLine } from '../shapes'
import type { LinesBody } from './line-edits'
import LinesDialog from './lines-dialog'

const { sent, held } = vi.hoisted(() => ({
  sent: [] as [string, LinesBody][],
  held: { reading: Promise.resolve<unknown>(null) },
}))
vi.mock('@/frame/toasts', () => ({ toast: () => undefined }))
vi.mock('@/masters/use-skus', () => ({ useSkus: () => ({ found: [], isUnknown: false }) }))
vi.mock('@/api/client', () => ({
  api: {
    GET: () => held.reading,
    POST: (_: string, { params, body }: { params: { header: Record<string, string> }; body: LinesBody }) => {
      const version = params.header['If-Match'] ?? ''
      sent.push([version, body])
      const newer = new ApiProblem({ title: 'newer', status: 412, reason: '', next_step: '', detail: '', errors: [] })
      return version === '"v1"' ? Promise.reject(newer) : Promise.resolve({})
    },
  },
  given: (answer: unknown) => answer,
}))

function order(version: number, quantities: readonly number[]): Order {
  const lines = quantities.map(
    (quantity, index) =>
      ({ line_no: index + 1, kind: 'goods', quantity: 9, cancelled: 9 - quantity, sku_code: `S${index}` }) as OrderLine,
  )
  return { id: '7', order_no: 'N7', version, lines, timeline: [] as Order['timeline'] } as Order
}

const units = (line: number) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^To send ${line}`))
const write = (line: number, value: string) => fireEvent.change(units(line), { target: { value } })
const save = () => fireEvent.click(screen.getByText('Save'), { detail: 1 })

test('what is typed while the newer order is read is merged as well, where it is typed', async () => {
  await i18n.changeLanguage('en')
  let answer: (now: Order) => void = () => undefined
  held.reading = new Promise((done) => {
    answer = done
  })
  const onClose = vi.fn()
  render(
    <QueryClientProvider client={new QueryClient()}>
      <LinesDialog order={order(1, [9, 9, 9])} onClose={onClose} />
    </QueryClientProvider>,
  )
  write(1, '5')
  save()
  await vi.waitFor(() => {
    expect(sent).toEqual([['"v1"', { lines: [{ line_no: 1, quantity: 5 }], gifts: [] }]])
  })
  const second = units(2)
  second.focus()
  write(2, '4')
  await act(async () => {
    answer(order(2, [9, 8, 7]))
    await held.reading
  })
  await screen.findByText(/^Somebody has just changed this order/)
  expect(document.activeElement).toBe(second)
  expect([1, 2, 3].map((line) => units(line).value)).toEqual(['5', '4', '7'])
  fireEvent.click(screen.getByLabelText('As it is now: 8 × S1'))
  expect(units(2).value).toBe('8')
  save()
  await vi.waitFor(() => {
    expect(onClose).toHaveBeenCalledOnce()
  })
  expect(sent[1]).toEqual(['"v2"', { lines: [{ line_no: 1, quantity: 5 }], gifts: [] }])
})
