/** What the API refuses (RFC 9457): what, why, and what to do next. */
export interface ProblemBody {
  type?: string
  title: string
  status: number
  reason: string
  next_step: string
  detail: string
  errors: { field: string; reason: string; text: string; detail?: string; expected?: string }[]
}

export class ApiProblem extends Error {
  readonly body: ProblemBody

  constructor(body: ProblemBody) {
    super(body.title)
    this.name = 'ApiProblem'
    this.body = body
  }

  get isConflict(): boolean {
    return this.body.status === 412
  }
}

/** Somebody was quicker: what one edits has another version by now. */
export const isNewer = (error: unknown): boolean => error instanceof ApiProblem && error.isConflict

export const NO_ANSWER = 'no_answer'

/** Anything thrown, as a problem that can be shown. `no_answer`: the server was not reached at all. */
export function problemOf(thrown: unknown): ProblemBody {
  if (thrown instanceof ApiProblem) return thrown.body
  const isOffline = thrown instanceof TypeError
  return {
    title: isOffline ? '' : String(thrown),
    status: 0,
    reason: isOffline ? NO_ANSWER : 'console',
    next_step: '',
    detail: '',
    errors: [],
  }
}

/** The problem that an answer carries; one that is not ours is told by its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  if (body !== null && typeof body === 'object' && 'title' in body) {
    const given = body as Partial<ProblemBody>
    return new ApiProblem({
      reason: '',
      next_step: '',
      detail: '',
      title: '',
      ...given,
      status: response.status,
      errors: given.errors ?? [],
    })
  }
  const title = `HTTP ${response.status}`
  return new ApiProblem({ title, status: response.status, reason: '', next_step: '', detail: '', errors: [] })
}
