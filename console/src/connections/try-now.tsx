import { Button } from 'antd'
import { useMay } from '@/api/me'
import { useWords } from '@/i18n/words'
import { useTryNow, type Part } from './lanes'
import { connectionWords } from './words'

/** Calls again at once what rests after failures; nothing is shown of a lane that is well, or to those who may not. */
export function TryNow({ lane }: { lane: Part | undefined }) {
  const t = useWords(connectionWords)
  const may = useMay()
  const tryNow = useTryNow()
  if (!lane || lane.state === 'good' || !may('messages')) return null
  return (
    <Button
      size="small"
      loading={tryNow.isPending}
      onClick={() => {
        tryNow.mutate(lane)
      }}
    >
      {t('tryNow')}
    </Button>
  )
}
