import type { ReactNode } from 'react'
import type { Column } from './columns'
import styles from './grid.module.css'

interface Props<Row> {
  lines: readonly (readonly Column<Row>[])[]
  children: (column: Column<Row>) => ReactNode
}

/** The cells of a phone's row, line under line. */
export function PhoneLines<Row>({ lines, children }: Props<Row>) {
  return (
    <div role="presentation" className={styles.phoneLines}>
      {lines.map((line) => (
        <div key={line[0]?.id} role="presentation" className={styles.phoneLine}>
          {line.map(children)}
        </div>
      ))}
    </div>
  )
}
