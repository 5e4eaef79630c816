import { beforeEach, expect, test, vi } from 'vitest'
import { keep } from './kept'
import { workList } from './lists'
import { dismiss, onQueue, put, readQueue } from './queue'

vi.mock('./scanner', () => ({ scanner: () => ({ element: document.createElement('div') }) }))

beforeEach(() => {
  localStorage.clear()
})

const shown = (list: HTMLElement) => [...list.children].map((one) => one.textContent)

async function open() {
  const list = document.createElement('ul')
  const stop = workList({
    list,
    path: '/pda/fulfilments/',
    read: () => Promise.resolve({ items: [{ no: 'F1' }, { no: 'F2' }], isOld: true }),
    remember: () => Promise.resolve(),
    cardOf: ({ no }) => Object.assign(document.createElement('li'), { textContent: no }),
    nothingLeft: 'nothing',
  })
  await new Promise((done) => setTimeout(done))
  return { list, stop }
}

test('an open list follows what becomes of what was kept: gone when sent, told and open again when refused', async () => {
  const { list, stop } = await open()
  expect(shown(list)).toEqual(['F1', 'F2'])
  const id = put('/pda/fulfilments/F1/ship', {}, 'F1', 'F1') ?? ''
  expect(shown(list)).toEqual(['F2'])
  keep(
    'queue',
    readQueue().map((one) => ({ ...one, refused: { why: 'called back', next: 'put it back' } })),
  )
  put('/pda/fulfilments/F2/ship', {}, 'F2', 'F2')
  expect(shown(list)[0]).toContain('called back · put it back')
  expect(shown(list)[1]).toBe('F1')
  expect(shown(list)).toHaveLength(2)
  dismiss(id)
  expect(shown(list)).toEqual(['F1'])
  stop()
  put('/pda/fulfilments/F1/ship', {}, 'F1', 'F1')
  expect(shown(list)).toEqual(['F1'])
})

test('whoever has gone is told no more', () => {
  let told = 0
  const stop = onQueue(() => (told += 1))
  put('/pda/fulfilments/F1/ship', {}, 'F1')
  stop()
  put('/pda/fulfilments/F1/ship', {}, 'F1')
  expect(told).toBe(1)
})
