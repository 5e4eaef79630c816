import { HistoryOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { later } from '@/frame/later'
import { useWords } from '@/i18n/words'
import { bulkWords } from './words'

const JobList = later(() => import('./job-list').then((it) => it.JobList))

/** What one has done to many orders lately: how far it is, what was refused, undo and files, also after its dialog was closed. */
export function RecentJobs({ onChanged }: { onChanged: () => void }) {
  const t = useWords(bulkWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        icon={<HistoryOutlined />}
        aria-label={t('recent')}
        title={t('recent')}
        onClick={() => {
          setOpen(true)
        }}
      />
      {isOpen && (
        <Drawer
          open
          closable={{ placement: 'end' }}
          title={t('recent')}
          size={460}
          onClose={() => {
            setOpen(false)
          }}
        >
          <JobList onChanged={onChanged} />
        </Drawer>
      )}
    </>
  )
}
