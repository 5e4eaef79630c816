import { useEffect, useId } from 'react'
import { i18n } from '@/i18n/start'
import { say } from '@/i18n/words'
import { frameWords } from './words'

const told = new Map<string, { text: string; depth: number }>()

function show(): void {
  const texts = [...told.values()].sort((a, b) => b.depth - a.depth).map(({ text }) => text)
  document.title = [...texts, say(frameWords, 'product')].filter(Boolean).join(' · ')
}

i18n.on('languageChanged', show)

/** What the browser's tab is called: the record that lies on top (`depth` 1), its page (0), and who we are. Many tabs are told apart by it. */
export function useTabTitle(text: string, depth = 0): void {
  const id = useId()
  useEffect(() => {
    told.set(id, { text, depth })
    show()
    return () => {
      told.delete(id)
      show()
    }
  }, [id, text, depth])
}
