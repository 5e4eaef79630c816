import { useEffect, useState } from 'react'

/** Lists that come and go by themselves: whoever chose from one goes back to what opened it. */
const PASSING = '.ant-dropdown, .ant-select-dropdown, .ant-popover'

let lastLasting: HTMLElement | null = null

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(PASSING)) lastLasting = target
})

/** Where the keyboard was when something opened; nowhere in particular when nothing had the focus. */
function opener(): HTMLElement | null {
  const at = document.activeElement
  if (!(at instanceof HTMLElement) || at === document.body) return null
  return at.closest(PASSING) ? lastLasting : at
}

/** What is drawn above the page gives the focus back to where it came from, unless somebody has put it elsewhere meanwhile. */
export function useFocusBack(isOn = true): void {
  const [from] = useState(opener)
  useEffect(() => {
    if (!isOn) return
    return () => {
      setTimeout(() => {
        if (document.activeElement === document.body && from?.isConnected) from.focus({ preventScroll: true })
      })
    }
  }, [from, isOn])
}
