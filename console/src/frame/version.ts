const ENTRY = 'script[type=module][src]'

/**
 * Whether the server has another version of the console by now than the one that runs here: its first page begins with another script.
 * Throws when the server does not answer.
 */
export async function isReplaced(): Promise<boolean> {
  const answer = await fetch(window.location.href, { cache: 'no-store' })
  if (!answer.ok) throw new Error(String(answer.status))
  const text = await answer.text()
  const entry = document.querySelector(ENTRY)?.getAttribute('src')
  return entry ? !text.includes(entry) : false
}
