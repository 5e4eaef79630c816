/** When somebody began with the first steps and when he was through, kept by this browser so that a reload loses nothing. */
export interface Run {
  beganAt: number | null
  endedAt: number | null
}

export const AIM_MS = 5 * 60_000
const STORED = 'paidan.first-run'
const NOT_BEGUN: Run = { beganAt: null, endedAt: null }

export function readRun(): Run {
  try {
    return { ...NOT_BEGUN, ...(JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Run>) }
  } catch {
    return NOT_BEGUN
  }
}

export function keepRun(run: Run): Run {
  localStorage.setItem(STORED, JSON.stringify(run))
  return run
}

/** How the clock goes on when the page looks again: it starts with the first look at an unfinished list, and stops with its last step. */
export function next(run: Run, isDone: boolean, now: number): Run {
  if (run.beganAt === null) return isDone ? run : { beganAt: now, endedAt: null }
  if (isDone && run.endedAt === null) return { ...run, endedAt: now }
  return run
}

/** Minutes and seconds between the beginning and the end, or now. */
export function passed(run: Run, now: number): { minutes: number; seconds: number } {
  const seconds = run.beganAt === null ? 0 : Math.max(0, Math.floor(((run.endedAt ?? now) - run.beganAt) / 1000))
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }
}
