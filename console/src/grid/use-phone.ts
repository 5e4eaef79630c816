import { useSyncExternalStore } from 'react'

let asked: MediaQueryList | undefined
/** Asked of the browser once: every frame of scrolling reads it. */
const narrow = () => (asked ??= window.matchMedia('(max-width: 599px)'))

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
