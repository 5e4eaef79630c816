import { LANGUAGE } from './words'

let csrf = ''

export class Refusal extends Error {
  readonly status: number

  constructor(status: number, title: string) {
    super(title)
    this.status = status
  }
}

async function call<Answer>(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  const headers: Record<string, string> = { 'accept-language': LANGUAGE }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET') headers['x-csrf'] = csrf
  if (key) headers['idempotency-key'] = key
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  const told = (await answer.json().catch(() => null)) as (Answer & { title?: string }) | null
  if (!answer.ok) throw new Refusal(answer.status, told?.title ?? `HTTP ${answer.status}`)
  return told as Answer
}

/** Who is signed in; a Refusal of status 401: nobody. */
export async function signIn(): Promise<string> {
  const me = await call<{ csrf: string; name: string; title: string }>('GET', '/me')
  csrf = me.csrf
  return me.title || me.name
}

export const read = <Answer>(path: string) => call<Answer>('GET', path)
export const send = (path: string, body: unknown, key: string) => call<unknown>('POST', path, body, key)
