/** As many numbers as one search takes. */
export const NUMBERS_MAX = 500
/** A longer search is kept in the tab, and named in the address: servers between refuse addresses of many kilobytes. */
const ADDRESS_MAX = 1_500
const KEPT = 'paidan.find.'
const MARK = '~'

/** The numbers in a text, each once, parted as the server parts them. */
export function numbersIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;|，；、]+/).filter(Boolean))]
}

export interface Part {
  /** What is looked up now. */
  text: string
  from: number
  to: number
  total: number
}

/** The part of a search from its `from`-th number on: at most five hundred. One word is one part. */
export function partOf(text: string, from: number): Part {
  const numbers = numbersIn(text)
  const start = from < numbers.length ? Math.max(0, from) : 0
  const to = Math.min(numbers.length, start + NUMBERS_MAX)
  return {
    text: numbers.length > 1 ? numbers.slice(start, to).join(' ') : text.trim(),
    from: start,
    to,
    total: numbers.length,
  }
}

/** Addresses stay in histories, links and logs of servers between: no phone goes there. */
const PHONE = /(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|\+\d[\d ()-]{6,}\d/

/** A search as the address names it. */
export function toAddress(text: string): string {
  const isPersonal = PHONE.test(text)
  if (text.length <= ADDRESS_MAX && !text.startsWith(MARK) && !isPersonal) return text
  const name = isPersonal ? random() : digest(text)
  try {
    sessionStorage.setItem(KEPT + name, text)
  } catch {
    forget()
    sessionStorage.setItem(KEPT + name, text)
  }
  return MARK + name
}

/** The search that the address names; null for one kept in another tab. */
export function fromAddress(named: string): string | null {
  return named.startsWith(MARK) ? sessionStorage.getItem(KEPT + named.slice(MARK.length)) : named
}

/** A full store: searches of before make room. */
function forget(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key)
}

/** A name that tells nothing of the text. */
function random(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => String.fromCharCode(97 + (one % 26))).join('')
}

/** The same text has the same name (FNV-1a), so that going back finds it. */
function digest(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return `${text.length.toString(36)}-${hash.toString(36)}`
}
