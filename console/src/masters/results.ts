import { ApiProblem } from '@/api/problems'
import type { components } from '@/api/schema'
import { whyOf } from '@/frame/why'
import type { Values } from './form-fields'

export type Results = components['schemas']['Results']

/** One row that is to be new: refused when its code is taken, instead of changing what is there. */
export const newRow = (row: Values) => ({ rows: [row as never], versions: { [String(row.code)]: 0 } })

/** The first refused row of an answer that tells each row what became of it. */
export function refusalOf(results: Results | undefined): ApiProblem | null {
  const refused = results?.results.find((result) => result.effect === 'refused')
  const first = refused?.errors?.[0]
  if (!refused || !first) return null
  return new ApiProblem({
    title: first.text,
    // As a single record answers it: who asks about conflicts need not know by which door he came.
    status: first.reason === 'version_conflict' ? 412 : 422,
    reason: first.reason,
    next_step: '',
    detail: '',
    errors: (refused.errors ?? []).map((error) => ({ ...error })),
  })
}

/** Why a row was refused, and what would be right. */
export function whyRefused(errors: Results['results'][number]['errors'], t: Parameters<typeof whyOf>[1]): string {
  const [first] = errors
  return first ? whyOf(first, t) : ''
}

/** How many rows went through, and how many did not. */
export function tally(results: Results): { done: number; failed: number } {
  const failed = results.results.filter((result) => result.effect === 'refused').length
  return { done: results.results.length - failed, failed }
}
