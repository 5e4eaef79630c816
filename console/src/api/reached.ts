import { useSyncExternalStore } from 'react'

/** Whether the server has answered when it was last asked, whatever its answer was. */
let isReached = true
const listeners = new Set<() => void>()

function set(value: boolean): void {
  if (value === isReached) return
  isReached = value
  for (const listener of listeners) listener()
}

/** Asks the server, and keeps whether it answered. A request that we gave up ourselves says nothing. */
export async function ask(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    set(true)
    return response
  } catch (thrown) {
    if (!request.signal.aborted) set(false)
    throw thrown
  }
}

/** Asks whether it is there at all. */
export async function knock(): Promise<boolean> {
  return ask(new Request('/livez', { cache: 'no-store' })).then(
    () => true,
    () => false,
  )
}

export function useIsReached(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isReached,
  )
}
