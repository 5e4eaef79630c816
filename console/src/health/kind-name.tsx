import { useCallback } from 'react'
import { useAllWords, useEnum } from '@/api/enums'
import { capital } from '@/i18n/format'

type List = 'message_kind' | 'outbox_kind'

/** What a kind of message or call is called; one without words keeps the name that its protocol has for it. */
export function useKind(list: List = 'message_kind'): (kind: string) => string {
  const word = useEnum(list)
  const words = useAllWords()[list]
  return useCallback((kind) => (words?.some(({ code }) => code === kind) ? capital(word(kind)) : kind), [word, words])
}

/** A kind in words, and smaller beside it the name that its protocol has for it. */
export function KindName({ kind, list }: { kind: string; list?: List }) {
  const said = useKind(list)(kind)
  if (said === kind) return <span translate="no">{kind}</span>
  if (said.toLowerCase() === kind) return said
  return (
    <span title={`${said} · ${kind}`}>
      {said}{' '}
      <small className="dim" translate="no">
        {kind}
      </small>
    </span>
  )
}
