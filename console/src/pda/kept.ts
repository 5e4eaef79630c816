/** What the page keeps in this browser. A full or forbidden storage is no reason to stop working. */
const PREFIX = 'paidan.pda.'

export function recall<Value>(name: string, otherwise: Value): Value {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text === null ? otherwise : (JSON.parse(text) as Value)
  } catch {
    return otherwise
  }
}

/** False: it could not be kept. */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

/** Another tab of this device keeps something else by this name now. */
export function onKeptElsewhere(name: string, listener: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === PREFIX + name) listener()
  })
}

export function forget(name: string): void {
  localStorage.removeItem(PREFIX + name)
}

/** Everything but what is not sent yet: somebody else may sign in next. */
export function forgetWork(): void {
  for (const name of Object.keys(localStorage))
    if (name.startsWith(PREFIX) && name !== `${PREFIX}queue`) localStorage.removeItem(name)
}
