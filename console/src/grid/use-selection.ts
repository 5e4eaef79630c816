import { useState } from 'react'
import { NOTHING, type Selection } from './selection'

/** Rows chosen in a list. They belong to what is listed: with other filters nothing is chosen. */
export function useSelection(listed: string): [Selection, (selection: Selection) => void] {
  const [kept, keep] = useState({ listed, selection: NOTHING })
  return [
    kept.listed === listed ? kept.selection : NOTHING,
    (selection) => {
      keep({ listed, selection })
    },
  ]
}
