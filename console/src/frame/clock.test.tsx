import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Age } from '@/exceptions/age'
import { setLanguage } from '@/i18n/start'
import { Deadline } from '@/orders/deadline'

beforeEach(() => {
  setLanguage('zh')
  vi.useFakeTimers({ now: new Date('2026-11-11T00:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms)
  })
}

test('ages and clocks go on by the minute, near the deadline by the second, and past it', () => {
  render(
    <>
      <output aria-label="age">
        <Age since="2026-11-10T23:58:30Z" />
      </output>
      <output aria-label="clock">
        <Deadline at="2026-11-11T00:11:00Z" />
      </output>
    </>,
  )
  const times = () => ['age', 'clock'].map((name) => screen.getByLabelText(name).querySelector('time'))
  const told = () => times().map((time) => time?.textContent.replace(`, ${time.title}`, '').trim())
  // The instant itself is a hover away, and is read out.
  for (const time of times()) {
    expect(time?.title).toContain('2026')
    expect(time?.textContent).toContain(`, ${time?.title ?? ''}`)
  }
  expect(told()).toEqual(['1 分钟', '剩 11 分钟'])
  pass(62_000)
  expect(told()).toEqual(['2 分钟', '剩 9:58'])
  pass(3_000)
  expect(told()[1]).toBe('剩 9:55')
  pass(597_000)
  expect(told()[1]).toBe('已超时 0:02')
})

test('one timer serves all, and rests when nobody looks', () => {
  const { unmount } = render(
    <>
      {Array.from({ length: 50 }, (_, n) => (
        <Age key={n} since="2026-11-10T23:58:30Z" />
      ))}
    </>,
  )
  expect(vi.getTimerCount()).toBe(1)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})
