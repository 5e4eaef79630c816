import createClient, { type Middleware } from 'openapi-fetch'
import { language } from '@/i18n/start'
import { readProblem } from './problems'
import { ask } from './reached'
import type { paths } from './schema'

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
interface Session {
  csrf: string
  onSignedOut: () => void
}

const session: Session = { csrf: '', onSignedOut: () => undefined }

/** Told by the sign-in of the moment: the token that unsafe requests carry, and what to do when the session has ended. */
export function setSession(csrf: string, onSignedOut: () => void): void {
  session.csrf = csrf
  session.onSignedOut = onSignedOut
}

export function ownHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { 'accept-language': language() }
  if (UNSAFE.has(method)) {
    headers['x-csrf'] = session.csrf
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID()
  }
  return headers
}

/** These two ask who is signed in: that nobody is, is their answer. */
const ASKS_WHO = /\/(sign-in|me)$/

/** An answer that is no success is thrown as ApiProblem; an ended session is told once more to the frame. */
export async function throwProblem(response: Response): Promise<void> {
  if (response.ok || response.status === 304) return
  if (response.status === 401 && !ASKS_WHO.test(response.url)) session.onSignedOut()
  throw await readProblem(response)
}

const middleware: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders(request.method)))
      if (!request.headers.has(name)) request.headers.set(name, value)
    return request
  },
  async onResponse({ response }) {
    await throwProblem(response)
    return response
  },
}

/** The API, typed by its own description. Refusals are thrown as ApiProblem. */
export const api = createClient<paths>({ credentials: 'same-origin', fetch: ask })
api.use(middleware)

/** The body of an answer that must have one. */
export function given<Body>(answer: { data?: Body }): Body {
  if (answer.data === undefined) throw new Error('an answer without a body')
  return answer.data
}
