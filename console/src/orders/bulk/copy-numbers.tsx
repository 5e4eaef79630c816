import { Button } from 'antd'
import { toast } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { say, useWords } from '@/i18n/words'
import { bulkWords } from './words'

/** Puts order numbers into the clipboard, one a line: to be pasted into the search box, or to a colleague. */
export function CopyNumbers({ numbers }: { numbers: readonly string[] }) {
  const t = useWords(bulkWords)
  return (
    <Button
      type="link"
      size="small"
      onClick={() => {
        void navigator.clipboard.writeText(numbers.join('\n')).then(() => {
          toast(say(frameWords, 'copied'))
        })
      }}
    >
      {t('copyRefused')}
    </Button>
  )
}
