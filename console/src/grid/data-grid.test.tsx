import '@/i18n/start'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { FIRST_LAYOUT, type Column } from './columns'
import { DataGrid } from './data-grid'
import { NOTHING, type Selection } from './selection'

interface Row {
  id: string
  name: string
}

const COLUMNS: Column<Row>[] = [
  { id: 'id', title: 'No.', width: 100, isPinned: true, isSortable: true, text: (row) => row.id },
  { id: 'name', title: 'Name', width: 200, text: (row) => row.name },
]
const MANY: Row[] = Array.from({ length: 100_000 }, (_, n) => ({ id: String(n), name: `row ${n}` }))
const opened = vi.fn()

function Shown({ rows = MANY, columns = COLUMNS }: { rows?: Row[]; columns?: Column<Row>[] }) {
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const [active, setActive] = useState<string | null>(null)
  return (
    <>
      <input aria-label="field" />
      <output>{[...selection.ids].join()}</output>
      <DataGrid<Row>
        label="Rows"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        layout={FIRST_LAYOUT}
        onLayout={vi.fn()}
        selection={selection}
        onSelection={setSelection}
        activeId={active}
        onActive={setActive}
        onOpen={opened}
        empty="nothing here"
      />
    </>
  )
}

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent(target, new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))

beforeEach(() => {
  opened.mockReset()
})

test('of a hundred thousand rows only those in sight are drawn', async () => {
  render(<Shown />)
  await waitFor(() => {
    expect(screen.getAllByRole('row').length).toBeGreaterThan(10)
  })
  const drawn = screen.getAllByRole('row').length
  expect(drawn).toBeLessThan(80)
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('100001')
})

test('of many columns only those in sight are drawn, each in its place; the head has all', async () => {
  const columns: Column<Row>[] = Array.from({ length: 40 }, (_, n) => ({
    id: `c${n}`,
    title: `C${n}`,
    width: 200,
    isPinned: n === 0,
    text: (row) => `${row.id}/${n}`,
  }))
  render(<Shown rows={MANY.slice(0, 1)} columns={columns} />)
  const drawn = () => screen.getAllByRole('gridcell').map((cell) => cell.getAttribute('aria-colindex'))
  expect(screen.getAllByRole('columnheader')).toHaveLength(41)
  expect(drawn()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  const grid = screen.getByRole('grid')
  grid.scrollLeft = 4_000
  fireEvent.scroll(grid)
  await waitFor(() => {
    expect(drawn().slice(0, 3)).toEqual(['1', '2', '22'])
  })
  expect(screen.getByText('0/20').style.gridColumnStart).toBe('22')
})

test('J, X and Shift+X choose a range, Enter opens', () => {
  render(<Shown />)
  press('j')
  press('x')
  press('j')
  press('j')
  press('X', { shiftKey: true })
  expect(screen.getByRole('status').textContent).toBe('0,1,2')
  press('Enter')
  expect(opened).toHaveBeenCalledWith(MANY[2])
})

test('when the active row has gone from the list, the keys go on from its place', () => {
  const { rerender } = render(<Shown rows={MANY.slice(0, 4)} />)
  for (const key of ['j', 'j', 'j']) press(key)
  rerender(<Shown rows={MANY.slice(0, 4).filter((row) => row.id !== '2')} />)
  press('j')
  press('Enter')
  expect(opened).toHaveBeenLastCalledWith(MANY[3])
  press('k')
  press('Enter')
  expect(opened).toHaveBeenLastCalledWith(MANY[1])
})

test('keys leave fields and unfinished words alone', () => {
  render(<Shown />)
  press('j')
  press('x', {}, screen.getByLabelText('field'))
  press('x', { isComposing: true })
  expect(screen.getByRole('status').textContent).toBe('')
})

/** What a copy from here puts on the clipboard. */
function copyFrom(element: Element): Map<string, string> {
  const put = new Map<string, string>()
  const event = new Event('copy', { bubbles: true, cancelable: true })
  Object.assign(event, { clipboardData: { setData: (kind: string, text: string) => put.set(kind, text) } })
  fireEvent(element, event)
  return put
}

test('rows chosen by keys are copied wherever the focus is, but never instead of a field’s text', () => {
  render(<Shown />)
  expect(copyFrom(document.body).size).toBe(0)
  for (const key of ['j', 'x', 'j', 'x']) press(key)
  expect(copyFrom(document.body).get('text/plain')).toBe('No.\tName\n0\trow 0\n1\trow 1')
  expect(copyFrom(document.body).get('text/html')).toContain('<td>row 1</td>')
  screen.getByLabelText('field').focus()
  expect(copyFrom(screen.getByLabelText('field')).size).toBe(0)
})

test('selected text is copied as it is', () => {
  render(<Shown rows={MANY.slice(0, 3)} />)
  press('j')
  const range = document.createRange()
  range.selectNodeContents(screen.getByText('row 1'))
  window.getSelection()?.removeAllRanges()
  window.getSelection()?.addRange(range)
  expect(copyFrom(document.body).size).toBe(0)
  window.getSelection()?.removeAllRanges()
  expect(copyFrom(document.body).size).toBe(2)
})

function Begun({ id }: { id: string }) {
  const [begun] = useState(id)
  return <b>{`${id} began as ${begun}`}</b>
}

test('what a cell keeps is its row’s: another row that comes to its place begins anew', () => {
  const columns: Column<Row>[] = [
    { id: 'id', title: 'No.', width: 100, text: (row) => row.id, render: (row) => <Begun id={row.id} /> },
  ]
  const { rerender } = render(<Shown rows={MANY.slice(0, 2)} columns={columns} />)
  rerender(<Shown rows={MANY.slice(1, 3)} columns={columns} />)
  expect(screen.getByText('1 began as 1')).toBeTruthy()
  expect(screen.getByText('2 began as 2')).toBeTruthy()
})

test('without rows it teaches', () => {
  render(<Shown rows={[]} />)
  expect(screen.getByText('nothing here')).toBeTruthy()
})

test('axe finds nothing to say', async () => {
  const { container } = render(<Shown rows={MANY.slice(0, 20)} />)
  const { violations } = await axe.run(container, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  })
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
})

test('a row that came with two pages stands twice, and goes when it is no longer there', () => {
  const [a, b] = [
    { id: '1', name: 'a' },
    { id: '2', name: 'b' },
  ]
  const { rerender } = render(<Shown rows={[a, b, a]} />)
  expect(screen.getAllByRole('row')).toHaveLength(4)
  rerender(<Shown rows={[b]} />)
  expect(screen.getAllByRole('row')).toHaveLength(2)
})
