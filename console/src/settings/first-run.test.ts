import { beforeEach, describe, expect, it } from 'vitest'
import { keepRun, next, passed, readRun } from './first-run'

describe('the clock of the first steps', () => {
  beforeEach(() => {
    localStorage.clear()
  })

  it('starts with the first look and stops with the last step', () => {
    const begun = next(readRun(), false, 1_000)
    expect(begun).toEqual({ beganAt: 1_000, endedAt: null })
    expect(next(begun, false, 9_000)).toEqual(begun)
    const ended = next(begun, true, 126_000)
    expect(passed(ended, 999_000)).toEqual({ minutes: 2, seconds: 5 })
    expect(next(ended, true, 999_000)).toEqual(ended)
  })

  it('does not start where all is done already', () => {
    expect(next(readRun(), true, 1_000).beganAt).toBeNull()
  })

  it('survives a reload, and a store that somebody has spoiled', () => {
    keepRun({ beganAt: 5, endedAt: null })
    expect(readRun().beganAt).toBe(5)
    localStorage.setItem('paidan.first-run', '{')
    expect(readRun().beganAt).toBeNull()
  })
})
