import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { isNewer } from '@/api/problems'

interface Edited<Draft, Base> {
  base: Base
  draft: Draft
}

interface Merge<Draft, Base> {
  first: () => Edited<Draft, Base>
  /** Upon the version that `base` has. */
  save: (edited: Edited<Draft, Base>) => Promise<unknown>
  onSaved: (draft: Draft, base: Base) => void
  /** What is edited, as it is now; without it one must begin again. */
  reread?: () => Promise<Base>
  /** Names of the fields that both sides changed, and not to the same. */
  clashesOf: (base: Base, mine: Draft, now: Base) => readonly string[]
  /** Three-way: what one side alone changed is taken; of the rest, what was chosen. */
  mergedOf: (base: Base, mine: Draft, now: Base, keepMine: ReadonlySet<string>) => Draft
}

interface Open<Draft, Base> extends Edited<Draft, Base> {
  /** It was read anew at least once: what is shown has another's changes in it. */
  isMerged: boolean
  theirs: Base | null
  kept: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/**
 * A draft upon a version. When somebody was quicker his changes are merged in; where both changed the same field, `theirs` is there until one has chosen
 * (`kept`: the fields of which one's own stays) and `take` is called. Nothing that somebody typed is lost, nothing of another's overwritten unseen.
 */
export function useMerge<Draft, Base>({ first, save, onSaved, reread, clashesOf, mergedOf }: Merge<Draft, Base>) {
  const [edited, setEdited] = useState<Open<Draft, Base>>(() => ({
    ...first(),
    isMerged: false,
    theirs: null,
    kept: NONE,
  }))
  const [isUnread, setUnread] = useState(false)
  const merged = ({ base, draft }: Open<Draft, Base>, now: Base, keepMine: ReadonlySet<string>) => ({
    base: now,
    draft: mergedOf(base, draft, now, keepMine),
    isMerged: true,
    theirs: null,
    kept: NONE,
  })
  const saving = useMutation({
    mutationFn: () => save(edited),
    onSuccess: () => {
      onSaved(edited.draft, edited.base)
    },
    onError: async (error) => {
      if (!reread || !isNewer(error)) return
      const now = await reread().catch(() => null)
      setUnread(now === null)
      if (now === null) return
      // Of the draft as it is by then: one may have typed on while the other version was read.
      setEdited((newest) => {
        const both = clashesOf(newest.base, newest.draft, now)
        return both.length === 0 ? merged(newest, now, NONE) : { ...newest, theirs: now, kept: new Set(both) }
      })
    },
  })
  const isStale = isNewer(saving.error)
  return {
    ...edited,
    setKept: (kept: ReadonlySet<string>) => {
      setEdited((before) => ({ ...before, kept }))
    },
    /** The draft goes on upon what the other one saved, with what was chosen. */
    take: () => {
      setEdited((before) => (before.theirs === null ? before : merged(before, before.theirs, before.kept)))
    },
    setDraft: (change: (draft: Draft) => Draft) => {
      setEdited((before) => ({ ...before, draft: change(before.draft) }))
    },
    save: () => {
      saving.mutate()
    },
    isSaving: saving.isPending,
    hasFailed: saving.isError,
    /** Why it is not saved; null where somebody was quicker and his changes are merged, or stand there to be chosen from. */
    problem: isStale && reread && !isUnread ? null : saving.error,
  }
}
