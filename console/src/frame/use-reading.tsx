import { useQuery, type QueryKey, type UseQueryOptions } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { NO_ANSWER, problemOf } from '@/api/problems'
import { ProblemView } from './problem-view'

interface Read {
  data: unknown
  isError: boolean
  error: unknown
  refetch: () => unknown
}

/**
 * Why something could not be read, with a way to try again; null: it was. What was read before stays on the page below it.
 * That nobody answers is told above the page (`ConnectionBar`): here only where there is nothing else to show.
 */
export function troubleOf({ data, isError, error, refetch }: Read): ReactNode {
  if (!isError || (data !== undefined && problemOf(error).reason === NO_ANSWER)) return null
  return (
    <ProblemView
      problem={error}
      onAgain={() => {
        refetch()
      }}
    />
  )
}

/** What a page reads by itself: kept when it can't be read anew, which is told above it. Without `data`: `trouble`, or it is on its way. */
export function useReading<Data, Key extends QueryKey>(options: UseQueryOptions<Data, Error, Data, Key>) {
  const query = useQuery(options)
  return { data: query.data, isFetching: query.isFetching, refetch: query.refetch, trouble: troubleOf(query) }
}
