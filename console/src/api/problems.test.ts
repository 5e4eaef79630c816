import { expect, test } from 'vitest'
import { ApiProblem, NO_ANSWER, problemOf, readProblem } from './problems'

test('a refusal of the API is read with its next step', async () => {
  const body = { title: '字段值无效', reason: 'field_invalid', next_step: '请改正后重发', detail: '', errors: [] }
  const problem = await readProblem(new Response(JSON.stringify(body), { status: 422 }))
  expect(problem.body).toMatchObject({ status: 422, next_step: '请改正后重发' })
})

test('an answer that is none of ours is told by its status', async () => {
  expect((await readProblem(new Response('<html>', { status: 502 }))).body.title).toBe('HTTP 502')
})

test('a server out of reach is told as such', () => {
  expect(problemOf(new TypeError('Failed to fetch')).reason).toBe(NO_ANSWER)
})

test('412 is a conflict', () => {
  const body = { title: '', status: 412, reason: 'version_conflict', next_step: '', detail: '', errors: [] }
  expect(new ApiProblem(body).isConflict).toBe(true)
})
