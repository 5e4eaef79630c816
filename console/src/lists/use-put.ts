import { useSearchParams } from 'react-router'

/** Puts choices into the page's address, by name; those without a value are taken out. "Back" leads away from the page, not through its choices. */
export function usePut() {
  const [params, setParams] = useSearchParams()
  return (choices: Readonly<Record<string, string | null | undefined>>) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(choices)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    setParams(next, { replace: true })
  }
}
