import i18n from 'i18next'
import { initReactI18next } from 'react-i18next'

export type Language = 'zh' | 'en'

const STORED = 'paidan.language'

/** What the person chose before, else what the browser speaks; Chinese comes first. */
export function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored === 'zh' || stored === 'en') return stored
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh'
}

export function hasChosenLanguage(): boolean {
  return localStorage.getItem(STORED) !== null
}

export function language(): Language {
  return i18n.language === 'en' ? 'en' : 'zh'
}

export function setLanguage(next: Language): void {
  localStorage.setItem(STORED, next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  void i18n.changeLanguage(next)
}

void i18n.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: false,
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  resources: { zh: {}, en: {} },
})
document.documentElement.lang = firstLanguage() === 'zh' ? 'zh-CN' : 'en'

export { i18n }
