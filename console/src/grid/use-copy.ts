import { useEffect, useRef, type RefObject } from 'react'
import { isBehindDialog, isField } from '@/frame/keys'

/** Puts rows on the clipboard when somebody copies and means them: no text is selected, no field has the focus, no dialog is open, and no other grid has it. */
export function useCopy(grid: RefObject<HTMLElement | null>, copy: (to: DataTransfer) => boolean): void {
  const latest = useRef(copy)
  useEffect(() => {
    latest.current = copy
  })
  useEffect(() => {
    function onCopy(event: ClipboardEvent): void {
      if (event.defaultPrevented || !event.clipboardData || isBehindDialog()) return
      if (window.getSelection()?.type === 'Range' || isField(document.activeElement)) return
      const other = document.activeElement?.closest('[role=grid]')
      if (other && other !== grid.current) return
      if (latest.current(event.clipboardData)) event.preventDefault()
    }
    document.addEventListener('copy', onCopy)
    return () => {
      document.removeEventListener('copy', onCopy)
    }
  }, [grid])
}
