import { fireEvent, render, screen } from '@testing-library/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import '@/i18n/start'
import { ReplayDialog } from './replay-dialog'
import type { Replayed, useReplaying } from './replaying'

const rows = (count: number, result: Replayed['result']): Replayed[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${result}-${String(n)}`, message: undefined, result }))

function shown(more: Partial<ReturnType<typeof useReplaying>>) {
  const work = { isSending: false, isStopping: false, canStop: false, stop: vi.fn(), sendRest: vi.fn(), ...more }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ReplayDialog work={work as unknown as ReturnType<typeof useReplaying>} onClose={() => undefined} />
    </QueryClientProvider>,
  )
  return work
}

const button = (name: RegExp) => screen.queryByRole<HTMLButtonElement>('button', { name })

test('while parts are sent off it can be stopped, once', () => {
  const { stop } = shown({ isSending: true, canStop: true, rows: rows(3, 'unsent') })
  const pressed = button(/^Stop$/)
  if (pressed) fireEvent.click(pressed)
  expect(stop).toHaveBeenCalledTimes(1)
})

test('a stop on its way is not asked for twice', () => {
  shown({ isSending: true, isStopping: true, rows: rows(3, 'unsent') })
  expect(button(/^Stop$/)?.disabled).toBe(true)
})

test('after a stop it says what was done until then, and the rest can go on', () => {
  const { sendRest } = shown({ rows: [...rows(2, 'read'), ...rows(3, 'unsent')] })
  expect(button(/^Stop$/)).toBeNull()
  expect(screen.getByRole('status').textContent).toBe('Not sent off 3 · Read 2')
  const rest = button(/Send off the 3/)
  if (rest) fireEvent.click(rest)
  expect(sendRest).toHaveBeenCalledTimes(1)
})
