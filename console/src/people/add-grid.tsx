import { Button } from 'antd'
import type { ReactNode } from 'react'
import { EmptyState } from '@/frame/empty-state'
import { PagedGrid, type PagedGridProps } from '@/lists/paged-grid'

interface Props<Row> extends Omit<PagedGridProps<Row>, 'tools' | 'empty'> {
  tabs: ReactNode
  /** The button that begins a new one, beside the tabs and where there is none yet. */
  add: string
  onAdd: () => void
  none: { icon: ReactNode; title: string; text: string }
}

/** A list below the tabs of this page, with a button to add to it. */
export function AddGrid<Row>({ tabs, add, onAdd, none, ...grid }: Props<Row>) {
  const button = (
    <Button type="primary" onClick={onAdd}>
      {add}
    </Button>
  )
  return (
    <PagedGrid<Row>
      {...grid}
      tools={
        <>
          {tabs}
          {button}
        </>
      }
      empty={<EmptyState {...none}>{button}</EmptyState>}
    />
  )
}
