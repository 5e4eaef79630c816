import { useEffect, useState } from 'react'
import { useSearchParams } from 'react-router'
import { TOLD, useWays } from '@/api/ways'
import { toast } from './toasts'

/** What the address says of a sign-in, read once: the address then says no more of it. */
export function useToldOnce(): string | null {
  const [params, setParams] = useSearchParams()
  const given = params.get(TOLD)
  const [told, setTold] = useState(given)
  if (given !== null && given !== told) setTold(given)
  useEffect(() => {
    if (given === null) return
    setParams(
      (present) => {
        present.delete(TOLD)
        return present
      },
      { replace: true },
    )
  }, [given, setParams])
  return told
}

/** For who is signed in all the same: that his sign-in had something to tell. */
export function SignInTold() {
  const reason = useToldOnce()
  return reason === null ? null : <Told reason={reason} />
}

function Told({ reason }: { reason: string }) {
  const told = useWays(reason).data?.told
  useEffect(() => {
    if (told) toast(told.title, { kind: 'bad', more: told.next_step })
  }, [told])
  return null
}
