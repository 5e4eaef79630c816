import '@/i18n/start'
import { fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { ApiProblem, type ProblemBody } from '@/api/problems'
import { i18n } from '@/i18n/start'
import type { Field, Filter } from './filters'
import { ListRefusal } from './list-refusal'
import type { ListUrl } from './use-list-url'

const FIELDS = [
  { name: 'phone', zh: '手机号', en: 'Phone', kind: 'text', operators: ['is'], values: [] },
  { name: 'placed_at', zh: '下单时间', en: 'Placed', kind: 'instant', operators: ['from', 'before'], values: [] },
] as unknown as Field[]
const setFilters = vi.fn()

function shown(filters: Filter[], error: { reason: string; text: string; detail: string; expected?: string }) {
  const url = { filters, setFilters } as unknown as ListUrl
  const problem = new ApiProblem({
    title: 'refused',
    status: 422,
    reason: error.reason,
    next_step: 'go on',
    detail: '',
    errors: [{ field: 'f', ...error }],
  } as ProblemBody)
  render(<ListRefusal problem={problem} fields={FIELDS} url={url} onAgain={vi.fn()} />)
}

beforeEach(async () => {
  setFilters.mockReset()
  await i18n.changeLanguage('en')
})

test('what is refused for another reason keeps its own words and what to do', () => {
  shown([{ field: 'phone', op: 'is', values: ['13800000000'] }] as Filter[], {
    reason: 'personal_in_address',
    text: 'not in an address',
    detail: 'phone',
  })
  expect(screen.getByRole('alert').textContent).toContain('go on')
  expect(screen.getByRole('alert').textContent).toContain('not in an address')
  fireEvent.click(screen.getByRole('button'))
  expect(setFilters).toHaveBeenCalledWith([])
})

test('a value that cannot be read tells what would be; of two filters that could be meant none is blamed alone', () => {
  const both = [
    { field: 'placed_at', op: 'from', values: ['now'] },
    { field: 'placed_at', op: 'before', values: ['xx'] },
  ] as Filter[]
  shown(both, { reason: 'field_invalid', text: 'invalid', detail: 'placed_at', expected: 'a time with its zone' })
  expect(screen.getByRole('alert').textContent).toContain('a time with its zone')
  fireEvent.click(screen.getByRole('button'))
  expect(setFilters).toHaveBeenCalledWith([])
})
