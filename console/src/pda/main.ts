import './pda.css'
import { type Me, Refusal, whoAmI } from './api'
import { tell, watchUnsent } from './frame'
import { askWho, home, unsent } from './home'
import { keep, recall } from './kept'
import { finding, packing, packList, receiveList, receiving, type Stop } from './lists'
import { drain, drainOften } from './queue'
import { LANGUAGE, say } from './words'

/** The phone page: which screen an address stands for, and who works with it. */
document.documentElement.lang = LANGUAGE === 'zh' ? 'zh-CN' : 'en'

let me: Me | null = recall<Me | null>('me', null)
let isSignedOut = false
let stop: Stop = () => undefined

function screen(): Stop {
  const [name = '', no = ''] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
  if (name === 'pack') return no ? packing(no) : packList()
  if (name === 'receive') return no ? receiving(no) : receiveList()
  if (name === 'find') return finding()
  if (name === 'unsent') return unsent()
  home(me)
  return () => undefined
}

function draw(): void {
  stop()
  stop = () => undefined
  if (isSignedOut) askWho(begin)
  else stop = screen()
}

function begin(who: Me): void {
  if (who.must_change_password) {
    leave()
    tell('bad', say('notOwn'), say('notOwnNext'))
    return
  }
  me = who
  isSignedOut = false
  keep('me', { ...who, csrf: '' })
  draw()
  void drain()
}

function leave(): void {
  me = null
  isSignedOut = true
  draw()
}

async function start(): Promise<void> {
  tell('')
  watchUnsent()
  drainOften()
  window.addEventListener('hashchange', draw)
  window.addEventListener('signed-out', leave)
  if ('serviceWorker' in navigator)
    navigator.serviceWorker.register('/pda-sw.js', { scope: '/pda' }).catch(() => undefined)
  try {
    begin(await whoAmI())
  } catch (error) {
    // Without a network the last person goes on with what this browser remembers.
    if ((error instanceof Refusal && error.isSignedOut) || me === null) leave()
    else draw()
  }
}

void start()
