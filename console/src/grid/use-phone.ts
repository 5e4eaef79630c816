import { useSyncExternalStore } from 'react'

const narrow = () => window.matchMedia('(max-width: 599px)')

function subscribe(listener: () => void): () => void {
  const query = narrow()
  query.addEventListener('change', listener)
  return () => {
    query.removeEventListener('change', listener)
  }
}

/** Whether the window is too narrow for rows of columns. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => narrow().matches)
}
