import { lazy, Suspense, useState, type ComponentType } from 'react'
import { useKeys } from './keys'

/**
 * A dialog or drawer that is no part of its page's first load: its code comes right behind the page's own, so that it is there when somebody opens it.
 * If it is not there yet, nothing stands in its place; before a dialog (`isModal`) the page has lost its keys already.
 */
export function later<Props extends object>(
  read: () => Promise<ComponentType<Props>>,
  { isModal = true } = {},
): ComponentType<Props> {
  const here: { Part?: ComponentType<Props> } = {}
  const fetched = async () => ({ default: (here.Part = await read()) })
  const Awaited = lazy(fetched)
  // Lost on the way, it is fetched again when somebody opens it.
  setTimeout(() => void fetched().catch(() => undefined))
  return function Later(props: Props) {
    // What is there is drawn at once: whoever presses a key and writes on loses no letter. Chosen once: another choice would begin anew.
    const [Part] = useState(() => here.Part)
    if (Part) return <Part {...props} />
    return (
      <Suspense fallback={isModal && <NoKeys />}>
        <Awaited {...props} />
      </Suspense>
    )
  }
}

function NoKeys() {
  useKeys([], { isModal: true })
  return null
}
