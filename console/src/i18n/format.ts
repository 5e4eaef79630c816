import { language } from './start'

const MINOR_DIGITS: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, KWD: 3 }
const SIGNS: Record<string, string> = { CNY: '¥', GBP: '£', USD: '$', EUR: '€' }
const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB')

/** Making a formatter costs many times what using it does: each is made once. */
function madeOnce<Formatter>(make: (locale: string, digits: number) => Formatter) {
  const made = new Map<string, Formatter>()
  return (digits = 0): Formatter => {
    const key = `${locale()} ${digits}`
    const found = made.get(key) ?? make(locale(), digits)
    made.set(key, found)
    return found
  }
}

const amounts = madeOnce(
  (locale, digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)
const figures = madeOnce((locale) => new Intl.NumberFormat(locale))
const instants = madeOnce((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }))

let house = 'CNY'

/** The currency of the house's own costs: freight, handling. Orders have their own. */
export function setHouseCurrency(currency: string): void {
  house = currency
}

/** What costs are told in, beside a field: 元, ¥, EUR. */
export function houseUnit(): string {
  return house === 'CNY' && language() === 'zh' ? '元' : (SIGNS[house] ?? house)
}

/** Minor units as people write them: 1054 GBP → £10.54. Without a currency: a cost of the house. */
export function money(minor: number | null | undefined, currency = house): string {
  if (minor === null || minor === undefined) return ''
  const digits = MINOR_DIGITS[currency] ?? 2
  const amount = amounts(digits).format(Math.abs(minor) / 10 ** digits)
  return `${minor < 0 ? '−' : ''}${SIGNS[currency] ?? `${currency} `}${amount}`
}

export function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : figures().format(value)
}

export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined ? '' : `${(share * 100).toFixed(digits)}%`
}

export function weight(grams: number | null | undefined): string {
  if (!grams) return ''
  return grams < 1000 ? `${grams} g` : `${(grams / 1000).toFixed(2)} kg`
}

const two = (value: number) => String(value).padStart(2, '0')

/** An instant in the browser's time zone, short: 11-11 19:58; with the year when it is another one. */
export function instant(at: string | null | undefined): string {
  if (!at) return ''
  const date = new Date(at)
  const year = date.getFullYear() === new Date(now()).getFullYear() ? '' : `${date.getFullYear()}-`
  return `${year}${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

export function instantWhole(at: string | null | undefined): string {
  if (!at) return ''
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? String(date) : instants().format(date)
}

export function day(at: string | null | undefined): string {
  return at ? instant(at).slice(0, -6) : ''
}

const clock = { offset_ms: 0 }

/** The business clock of the server (virtual in the demo), kept as the difference to ours. */
export function setServerNow(at: string | undefined): void {
  clock.offset_ms = at ? new Date(at).getTime() - Date.now() : 0
}

/** Milliseconds since 1970 by the business clock. */
export function now(): number {
  return Date.now() + clock.offset_ms
}

const UNITS: [limit_s: number, size_s: number, zh: string, en: string][] = [
  [3_600, 60, '分钟', 'min'],
  [48 * 3_600, 3_600, '小时', 'h'],
  [Infinity, 86_400, '天', 'd'],
]

/** A length of time by its biggest unit: 45 分钟, 5 h. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds)
  for (const [limit, unit, zh, en] of UNITS)
    if (size < limit) return `${Math.floor(size / unit)} ${language() === 'zh' ? zh : en}`
  return ''
}

/** Words of a closed list where they stand by themselves: with a capital, as a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A length of time to the second, as a clock shows it: 9:05. */
export function countdown(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds))
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`
}

/** Seconds from now until then; negative when it has passed. */
export function secondsUntil(at: string): number {
  return (new Date(at).getTime() - now()) / 1000
}

/** The same by the clock on the wall: for what is limited in real minutes, such as undoing. */
export function realSecondsUntil(at: string): number {
  return (new Date(at).getTime() - Date.now()) / 1000
}
