import { forgetAnswers } from './answers'
import { type Me, Refusal, signIn, signInWays, signOut, whoAmI } from './api'
import { button, el } from './dom'
import { banner, go, show, tell } from './frame'
import { forgetWork } from './kept'
import { dismiss, drain, onQueue, readQueue } from './queue'
import { isLoud, setLoud } from './sound'
import { LANGUAGE, say, switchLanguage, type Word } from './words'

/** The first screen, signing in, and what is not sent yet. */
export function home(me: Me | null): void {
  tell('')
  const task = (path: string, word: Word, hint: Word, isAllowed: boolean) => {
    const huge = button(
      '',
      () => {
        go(path)
      },
      `huge ${path}`,
    )
    huge.replaceChildren(el('b', {}, say(word)), el('small', {}, say(isAllowed ? hint : 'noRight')))
    huge.disabled = !isAllowed
    return huge
  }
  const may = (right: string) => me === null || me.rights.includes(right)
  const sound = button(`${say('sound')} ${isLoud() ? '✓' : '✗'}`, () => {
    setLoud(!isLoud())
    home(me)
  })
  const out = button(say('signOut'), () => {
    void signOut().finally(async () => {
      forgetWork()
      await forgetAnswers()
      window.dispatchEvent(new Event('signed-out'))
    })
  })
  const foot = [
    sound,
    button(say('other'), switchLanguage),
    el('a', { class: 'link', attributes: { href: '/console/' } }, say('console')),
    out,
  ]
  show(
    say('title'),
    null,
    banner,
    task('pack', 'pack', 'packHint', may('ship')),
    task('receive', 'receive', 'receiveHint', may('stock')),
    task('find', 'find', 'findHint', may('see')),
    el('div', { class: 'foot wide' }, el('span', { class: 'who' }, me?.title || me?.name || ''), ...foot),
  )
}

export function askWho(onSignedIn: (me: Me) => void): void {
  const name = el('input', {
    attributes: { name: 'username', autocomplete: 'username', autocapitalize: 'off', required: '' },
  })
  const password = el('input', {
    attributes: { name: 'password', type: 'password', autocomplete: 'current-password', required: '' },
  })
  const submit = (event: Event) => {
    event.preventDefault()
    signIn(name.value, password.value).then(
      (me) => {
        tell('')
        onSignedIn(me)
      },
      (error: unknown) => {
        tell(
          'bad',
          error instanceof Refusal ? error.message : say('offline'),
          error instanceof Refusal ? error.next : '',
        )
      },
    )
  }
  const byPassword = [
    el('label', {}, say('name'), name),
    el('label', {}, say('password'), password),
    el('button', { class: 'main', attributes: { type: 'submit' } }, say('signIn')),
  ]
  const provider = el('a', { class: 'main link' })
  provider.hidden = true
  const form = el(
    'form',
    { class: 'sign-in', on: { submit } },
    provider,
    ...byPassword,
    button(say('other'), switchLanguage, 'quiet'),
  )
  show(say('title'), null, form, banner)
  name.focus()
  void offerProvider(provider, byPassword)
}

/** The button of the provider, where there is one; and why a sign-in by him came back without anybody. */
async function offerProvider(link: HTMLAnchorElement, byPassword: HTMLElement[]): Promise<void> {
  const reason = new URLSearchParams(location.search).get('sign_in')
  const ways = await signInWays(reason).catch(() => null) // without a network there is no provider to go to either
  if (ways?.provider) {
    link.href = `${ways.provider.path}?${new URLSearchParams({ to: '/pda', language: LANGUAGE }).toString()}`
    link.textContent = say('signInWith', ways.provider.label)
    link.hidden = false
  }
  for (const one of byPassword) one.hidden = ways?.has_password === false
  if (ways?.told) tell('bad', ways.told.title, ways.told.next_step)
  if (reason !== null) history.replaceState(history.state, '', location.pathname)
}

export function unsent(): () => void {
  const list = el('ul', { class: 'cards' })
  const now = button(
    say('sendNow'),
    () => {
      void whoAmI()
        .then(() => drain())
        .catch((error: unknown) => {
          if (error instanceof Refusal && error.isSignedOut) window.dispatchEvent(new Event('signed-out'))
        })
    },
    'main',
  )
  const draw = () => {
    const queue = readQueue()
    now.hidden = !queue.some((one) => !one.refused)
    list.replaceChildren(
      ...queue.map((one) =>
        el(
          'li',
          { class: one.refused ? 'refused' : 'goods' },
          el('b', {}, one.label),
          el('p', {}, one.refused ? `✗ ${one.refused.why}` : say('waiting')),
          one.refused ? el('small', {}, one.refused.next) : null,
          one.refused
            ? button(say('seen'), () => {
                dismiss(one.body.scan_id)
              })
            : null,
        ),
      ),
    )
    if (queue.length === 0) list.append(el('li', { class: 'empty' }, say('unsentNone')))
  }
  show(say('unsent'), '', banner, now, list)
  tell('')
  draw()
  return onQueue(draw)
}
