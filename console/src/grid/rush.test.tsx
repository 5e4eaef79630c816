import { act, renderHook, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { RushGauge, useIsBrief } from './use-rush'

/** Moves of a box 700 px high: so many pixels each, so many milliseconds apart. */
function moved(moves: readonly (readonly [pixels: number, ms: number])[]): RushGauge {
  const gauge = new RushGauge()
  let top = 0
  let at = 1_000_000
  for (const [pixels, ms] of moves) gauge.move((top += pixels), 700, (at += ms))
  return gauge
}

const times = (count: number, pixels: number, ms: number) => Array.from({ length: count }, () => [pixels, ms] as const)

test.each([
  ['nothing has moved', [], false],
  ['flung, and each frame is in time', times(30, 240, 16.7), false],
  ['flung, and drawing does not keep up', times(4, 240, 33), true],
  ['flung upwards', times(4, -240, 33), true],
  ['by the wheel, late', times(30, 40, 33), false],
  ['two jumps to the end', times(2, 90_000, 400), false],
  ['flung and slowed down', [...times(6, 240, 33), [20, 33]], false],
  ['so slow a machine that a line is drawn twice only', times(4, 400, 200), true],
] as const)('%s', (_, moves, isOn) => {
  expect(moved(moves).isOn()).toBe(isOn)
})

test('a line of a rush is told when it can be read, and other lines are not asked', () => {
  const gauge = moved(times(6, 240, 33))
  const { result } = renderHook(() => useIsBrief(gauge))
  expect(result.current).toBe(true)
  act(() => {
    gauge.end()
  })
  expect(result.current).toBe(false)
  expect(renderHook(() => useIsBrief(gauge)).result.current).toBe(false)
})

test('a line that has left wants to be told nothing more', () => {
  const leave = vi.fn()
  const gone = renderHook(() => useIsBrief({ isOn: () => true, onEnd: () => leave }))
  expect(leave).not.toHaveBeenCalled()
  gone.unmount()
  expect(leave).toHaveBeenCalledOnce()
})

test('a rush that ends while a line is drawn leaves none in brief', async () => {
  const gauge = moved(times(6, 240, 33))
  const { result } = renderHook(() => {
    const isBrief = useIsBrief(gauge)
    gauge.end()
    return isBrief
  })
  await waitFor(() => {
    expect(result.current).toBe(false)
  })
})
