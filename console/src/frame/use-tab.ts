import { useSearchParams } from 'react-router'

/** The tab of a page that the address names, its first unless said; and a way to another, which begins without the filters of the one before. */
export function useTab<Name extends string>(
  names: readonly [Name, ...Name[]],
): [tab: Name, open: (next: Name) => void] {
  const [params, setParams] = useSearchParams()
  const [first] = names
  const tab = names.find((one) => one === params.get('tab')) ?? first
  const open = (next: Name) => {
    setParams(next === first ? {} : { tab: next }, { replace: true })
  }
  return [tab, open]
}
