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

/**
 * A draft upon a version. When somebody was quicker his changes are merged in; where both changed the same field, `theirs` is there until one has chosen
 * (`kept`: the fields of which one's own stays) and `take` is called. Nothing that somebody typed is lost, nothing of another's overwritten unseen.
 */
export function useMerge<Draft, Base>({ first, save, onSaved, reread, clashesOf, mergedOf }: Merge<Draft, Base>) {
  const [edited, setEdited] = useState(() => ({ ...first(), round: 0 }))
  const [theirs, setTheirs] = useState<Base | null>(null)
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set())
  const [isUnread, setUnread] = useState(false)
  const take = (now: Base, keepMine: ReadonlySet<string>) => {
    // Of the draft as it is by then: one may have typed on while the other version was read.
    setEdited(({ base, draft, round }) => ({
      base: now,
      draft: mergedOf(base, draft, now, keepMine),
      round: round + 1,
    }))
    setTheirs(null)
  }
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
      const both = clashesOf(edited.base, edited.draft, now)
      if (both.length === 0) take(now, new Set())
      else {
        setKept(new Set(both))
        setTheirs(now)
      }
    },
  })
  const isStale = isNewer(saving.error)
  return {
    ...edited,
    theirs,
    kept,
    setKept,
    /** The draft goes on upon what the other one saved, with what was chosen. */
    take: () => {
      if (theirs !== null) take(theirs, kept)
    },
    setDraft: (change: (draft: Draft) => Draft) => {
      setEdited((before) => ({ ...before, draft: change(before.draft) }))
    },
    save: () => {
      saving.mutate()
    },
    isSaving: saving.isPending,
    hasFailed: saving.isError,
    /** It was read anew at least once: what is shown has another's changes in it. */
    isMerged: edited.round > 0,
    /** Why it is not saved; null where somebody was quicker and his changes are merged, or stand there to be chosen from. */
    problem: isStale && reread && !isUnread ? null : saving.error,
  }
}
