import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react'
import { useKeys } from './keys'

/** A file of the console did not come: it was lost on its way, or another version of the console has taken its place. */
export class Lost extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'Lost'
  }
}

interface Waiting {
  /** A dialog: before it the page has lost its keys already, also while it is on its way. */
  isModal?: boolean
  /** Fetched right behind the page's own code, so that it is there when somebody opens it; else when it is first shown. */
  isAhead?: boolean
  /** What stands in its place until it is there. */
  meanwhile?: ReactNode
}

/**
 * A part of the console that is no part of the first load. What did not come is asked for again by whoever needs it next:
 * React itself would keep the refusal for ever.
 */
export function later<Props extends object>(
  read: () => Promise<ComponentType<Props>>,
  { isModal = true, isAhead = true, meanwhile = isModal && <NoKeys /> }: Waiting = {},
): ComponentType<Props> {
  const known: { here?: ComponentType<Props>; asked?: ComponentType<Props> } = {}
  const fetched = async () => ({ default: (known.here = await read()) })
  const ask = () =>
    lazy(() =>
      fetched().catch((cause: unknown) => {
        delete known.asked
        throw new Lost(cause)
      }),
    )
  if (isAhead) setTimeout(() => void fetched().catch(() => undefined))
  return function Later(props: Props) {
    // What is there is drawn at once: whoever presses a key and writes on loses no letter. Chosen once: another choice would begin anew.
    const [Part] = useState(() => known.here ?? (known.asked ??= ask()))
    return (
      <Suspense fallback={meanwhile}>
        <Part {...props} />
      </Suspense>
    )
  }
}

function NoKeys() {
  useKeys([], { isModal: true })
  return null
}
