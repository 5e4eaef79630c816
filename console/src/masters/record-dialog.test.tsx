import '@/i18n/start'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { i18n } from '@/i18n/start'
import type { FormField, Values } from './form-fields'
import { RecordDialog } from './record-dialog'

const FIELDS: FormField[] = [
  { name: 'name', label: 'Name', kind: 'text' },
  { name: 'brand', label: 'Brand', kind: 'text' },
  { name: 'barcodes', label: 'Barcodes', kind: 'tags' },
  { name: 'settings', label: 'Settings', kind: 'pairs' },
]
const FIRST: Values = { name: 'Cup', brand: 'Old', barcodes: ['1'], settings: {}, version: 1 }

afterEach(cleanup)

/** A dialog whose record somebody else has saved; `isRead` says how the record is by now. */
async function tooLate() {
  await i18n.changeLanguage('en')
  let answer: (now: Values) => void = () => undefined
  const reading = new Promise<Values>((done) => {
    answer = done
  })
  const reread = vi.fn(() => reading)
  const newer = new ApiProblem({ title: 'newer', status: 412, reason: '', next_step: '', detail: '', errors: [] })
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RecordDialog
        title="Cup"
        fields={FIELDS}
        first={FIRST}
        isNew={false}
        refresh={[]}
        save={() => Promise.reject(newer)}
        reread={reread}
        onClose={() => undefined}
      />
    </QueryClientProvider>,
  )
  fireEvent.change(field('Name'), { target: { value: 'Big cup' } })
  fireEvent.click(screen.getByRole('button', { name: 'Save' }), { detail: 1 })
  await vi.waitFor(() => {
    expect(reread).toHaveBeenCalled()
  })
  const merged = () => screen.findByText(/^Somebody has just changed it/)
  const isRead = async (now: Values) => {
    await act(async () => {
      answer({ ...FIRST, version: 2, ...now })
      await reading
    })
  }
  return { isRead, merged }
}

const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label)

test("another's changes are merged in under the hands of whoever types", async () => {
  const { isRead, merged } = await tooLate()
  const name = field('Name')
  name.focus()
  name.setSelectionRange(3, 3)
  await isRead({ brand: 'New', barcodes: ['1', '2'], settings: { tax: 'A' } })
  await merged()
  expect(document.activeElement).toBe(name)
  expect([name.value, name.selectionStart]).toEqual(['Big cup', 3])
  expect(field('Brand').value).toBe('New')
  expect(field('Barcodes').value).toBe('1 2')
  expect(field('Settings').value).toBe('tax=A')
})

test('a list that somebody is writing stays as it is written', async () => {
  const { isRead, merged } = await tooLate()
  fireEvent.change(field('Barcodes'), { target: { value: '1, ' } })
  fireEvent.change(field('Settings'), { target: { value: 'ta' } })
  await isRead({ brand: 'New' })
  await merged()
  expect([field('Barcodes').value, field('Settings').value]).toEqual(['1, ', 'ta'])
})

test('whoever was writing what the other one changed as well goes on at the choice', async () => {
  const { isRead } = await tooLate()
  field('Name').focus()
  await isRead({ name: 'Mug' })
  expect(document.activeElement).toBe(await screen.findByLabelText('Mine: Big cup'))
})
