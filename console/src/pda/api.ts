import type { components } from '@/api/schema'
import { LANGUAGE, say } from './words'

type Schemas = components['schemas']
export type Task = Schemas['Task']
export type WholeTask = Schemas['WholeTask']
export type Receipt = Schemas['Receipt']
export type WholeReceipt = Schemas['WholeReceipt']
export type Found = Schemas['CodeFound']
type Problem = Schemas['ProblemBody']

export interface Me {
  name: string
  title: string
  csrf: string
  rights: string[]
  must_change_password: boolean
}

let csrf = ''

/** An answer that is a refusal: what, why, what next. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: string
  readonly next: string

  constructor(status: number, problem: Partial<Problem> | null) {
    const [first] = problem?.errors ?? []
    const required = first?.expected ? say('required', first.expected) : ''
    super(first ? [first.text, required].filter(Boolean).join(' · ') : (problem?.title ?? `HTTP ${status}`))
    this.status = status
    this.reason = problem?.reason ?? ''
    this.next = problem?.next_step ?? ''
  }

  /** Trouble that goes away by itself: the same may be sent again. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408 || this.reason === 'idempotency_in_flight'
  }

  get isSignedOut(): boolean {
    return this.status === 401 || this.reason === 'csrf_wrong'
  }
}

const PATIENCE_MS = 15_000

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = { 'accept-language': LANGUAGE }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET') headers['x-csrf'] = csrf
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const told = (await answer.json().catch(() => null)) as unknown
  if (!answer.ok) throw new Refusal(answer.status, told as Problem | null)
  return told as Answer
}

/** Who is signed in; a Refusal that is signed out: nobody. */
export async function whoAmI(): Promise<Me> {
  const me = await call<Me>('GET', '/me')
  csrf = me.csrf
  return me
}

export async function signIn(name: string, password: string): Promise<Me> {
  await call('POST', '/sign-in', { name, password })
  return whoAmI()
}

/** How people sign in here; `told`: the reason that a sign-in came back with. */
export const signInWays = (told: string | null) =>
  call<Schemas['SignInWays']>('GET', `/sign-in/ways${told === null ? '' : `?told=${encodeURIComponent(told)}`}`)

export const signOut = () => call('POST', '/sign-out', {})
export const read = <Answer>(path: string) => call<Answer>('GET', path)
export const send = (path: string, body: unknown) => call<unknown>('POST', path, body)
