import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { later } from './later'
import { isBehindDialog } from './keys'

afterEach(cleanup)

const Named = ({ name }: { name: string }) => <input aria-label={name} />

test('what is there is drawn at once, and is the same one when it is drawn again', async () => {
  const Part = later<{ name: string }>(() => Promise.resolve(Named))
  await act(() => new Promise((done) => setTimeout(done)))
  const shown = render(<Part name="a" />)
  const first = screen.getByLabelText('a')
  shown.rerender(<Part name="b" />)
  expect(screen.getByLabelText('b')).toBe(first)
})

test('what is still on its way takes the keys of the page, and stays the same one when it has come', async () => {
  let come: (part: typeof Named) => void = () => undefined
  const Part = later<{ name: string }>(() => new Promise((done) => (come = done)))
  await act(() => new Promise((done) => setTimeout(done)))
  const shown = render(<Part name="a" />)
  expect(isBehindDialog()).toBe(true)
  await act(async () => {
    come(Named)
    await new Promise((done) => setTimeout(done))
  })
  const first = screen.getByLabelText('a')
  expect(isBehindDialog()).toBe(false)
  shown.rerender(<Part name="b" />)
  expect(screen.getByLabelText('b')).toBe(first)
})

test('what was lost on its way is fetched again when it is opened', async () => {
  const read = vi.fn(() => Promise.resolve(Named)).mockRejectedValueOnce(new Error('lost'))
  const Part = later<{ name: string }>(read)
  await act(() => new Promise((done) => setTimeout(done)))
  render(<Part name="a" />)
  await act(() => new Promise((done) => setTimeout(done)))
  expect(screen.getByLabelText('a')).toBeTruthy()
  expect(read).toHaveBeenCalledTimes(2)
})
