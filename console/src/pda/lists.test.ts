import { beforeEach, expect, test, vi } from 'vitest'
import { banner, tell } from './frame'
import { keep } from './kept'
import { workList } from './lists'
import { dismiss, onQueue, put, readQueue } from './queue'

vi.mock('./scanner', () => ({ scanner: () => ({ element: document.createElement('div') }) }))

beforeEach(() => {
  localStorage.clear()
  remembered.mockClear()
  tell('')
})

const loaded = { items: [{ no: 'F1' }, { no: 'F2' }], isOld: false }
const remembered = vi.fn(() => Promise.resolve())

const shown = (list: HTMLElement) => [...list.children].map((one) => one.textContent)

const settled = () => new Promise((done) => setTimeout(done))

function start(read: () => Promise<typeof loaded>) {
  const list = document.createElement('ul')
  const stop = workList({
    list,
    path: '/pda/fulfilments/',
    read,
    remember: remembered,
    cardOf: ({ no }) => Object.assign(document.createElement('li'), { textContent: no }),
    nothingLeft: 'nothing',
  })
  return { list, stop }
}

async function open(isOld = true) {
  const opened = start(() => Promise.resolve({ ...loaded, isOld }))
  await settled()
  return opened
}

const ship = (no: string) => put(`/pda/fulfilments/${no}/ship`, {}, no, no) ?? ''

function refuse(scanId: string) {
  const refused = { why: 'called back', next: 'put it back' }
  keep(
    'queue',
    readQueue().map((one) => (one.body.scan_id === scanId ? { ...one, refused } : one)),
  )
}

test('an open list follows what becomes of what was kept: gone when sent, told and open again when refused', async () => {
  const { list, stop } = await open()
  expect(shown(list)).toEqual(['F1', 'F2'])
  const id = ship('F1')
  expect(shown(list)).toEqual(['F2'])
  refuse(id)
  ship('F2')
  expect(shown(list)[0]).toContain('called back · put it back')
  expect(shown(list)[1]).toBe('F1')
  expect(shown(list)).toHaveLength(2)
  dismiss(id)
  expect(shown(list)).toEqual(['F1'])
  stop()
  ship('F1')
  expect(shown(list)).toEqual(['F1'])
})

test('work that was refused and is ended a second time is work no longer, neither while that waits nor when it is sent', async () => {
  refuse(ship('F1'))
  const again = ship('F1')
  const { list, stop } = await open(false)
  expect(shown(list).slice(1)).toEqual(['F2'])
  expect(remembered).toHaveBeenCalledWith([{ no: 'F2' }])
  dismiss(again) // as sent
  expect(shown(list).slice(1)).toEqual(['F2'])
  const third = ship('F1')
  refuse(third)
  ship('F2')
  expect(shown(list).slice(2)).toEqual(['F1'])
  stop()
})

test.each([true, false])(
  'a list that was left neither tells of its reading nor remembers it (failed: %s)',
  async (isFailed) => {
    const { list, stop } = start(() => (isFailed ? Promise.reject(new Error('away')) : Promise.resolve(loaded)))
    stop()
    await settled()
    expect(banner.hidden).toBe(true)
    expect(remembered).not.toHaveBeenCalled()
    expect(shown(list)).toEqual([])
  },
)

test('whoever has gone is told no more', () => {
  let told = 0
  const stop = onQueue(() => (told += 1))
  put('/pda/fulfilments/F1/ship', {}, 'F1')
  stop()
  put('/pda/fulfilments/F1/ship', {}, 'F1')
  expect(told).toBe(1)
})
