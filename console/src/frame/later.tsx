import { lazy, Suspense, type ComponentType } from 'react'
import { useKeys } from './keys'

/**
 * A dialog or drawer that is no part of its page's first load: its code comes when the browser has nothing else to do, at the latest when it is opened.
 * Nothing stands in its place meanwhile; before a dialog (`isModal`) the page has lost its keys already.
 */
export function later<Props extends object>(
  read: () => Promise<ComponentType<Props>>,
  { isModal = true } = {},
): ComponentType<Props> {
  const Part = lazy(async () => ({ default: await read() }))
  // Lost on the way, it is fetched again when somebody opens it.
  whenIdle(() => void read().catch(() => undefined))
  return function Later(props: Props) {
    return (
      <Suspense fallback={isModal && <NoKeys />}>
        <Part {...props} />
      </Suspense>
    )
  }
}

function NoKeys() {
  useKeys([], { isModal: true })
  return null
}

const PATIENCE_MS = 2_000

/** Some browsers have no idle callback: there it is after a while. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(run)
  else setTimeout(run, PATIENCE_MS)
}
