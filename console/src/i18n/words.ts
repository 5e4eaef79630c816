import { useTranslation } from 'react-i18next'
import { i18n } from './start'

/** Both languages side by side; the third text is the English plural of a phrase with {{count}}. */
export type Pair = readonly [zh: string, en: string, enMany?: string]
type Values = Record<string, string | number>
export type Say<Key extends string> = (key: Key, values?: Values) => string

export interface Words<Key extends string> {
  subject: string
  keys: readonly Key[]
}

/** Registers the words of one subject in both languages. A page brings its own, so they load with it. */
export function defineWords<const Given extends Record<string, Pair>>(
  subject: string,
  given: Given,
): Words<keyof Given & string> {
  const zh: Record<string, string> = {}
  const en: Record<string, string> = {}
  for (const [key, [chinese, english, many]] of Object.entries(given)) {
    if (many === undefined) {
      zh[key] = chinese
      en[key] = english
    } else {
      zh[`${key}_other`] = chinese
      en[`${key}_one`] = english
      en[`${key}_other`] = many
    }
  }
  i18n.addResourceBundle('zh', subject, zh, true, true)
  i18n.addResourceBundle('en', subject, en, true, true)
  return { subject, keys: Object.keys(given) }
}

/** The words of a subject in the language of the moment; renders again when that changes. */
export function useWords<Key extends string>(words: Words<Key>): Say<Key> {
  const { t } = useTranslation(words.subject)
  return t as unknown as Say<Key>
}

/** For places outside of components. */
export function say<Key extends string>(words: Words<Key>, key: Key, values?: Values): string {
  const t = i18n.t as unknown as (key: string, values: Values) => string
  return t(key, { ns: words.subject, ...values })
}
