import { expect, test } from 'vitest'
import { answerTo, forgetAnswers, remember } from './answers'

test('a browser that keeps nothing is no reason to stop working: there is no answer, so it is sent', async () => {
  expect('indexedDB' in globalThis).toBe(false)
  await remember('one', { is: 'sent', answer: {} })
  expect(await answerTo('one')).toBeUndefined()
  await forgetAnswers()
})
