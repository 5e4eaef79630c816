import { describe, expect, it } from 'vitest'
import { byRow, problemsOf, rowsOf, widthsOf, type Problem } from './errors'

const problem = (row: number, field: string, reason = 'field_invalid') =>
  ({ row, field, reason, detail: '', column: '' }) as Problem

describe('the errors of a file', () => {
  const problems = [problem(3, 'code', 'field_missing'), problem(3, 'weight_g'), problem(7, 'weight_g')]
  const rows = [2, 3, 7].map((row) => ({ row, cells: [String(row)] }))

  it('stand by their rows', () => {
    expect([...byRow(problems)].map(([row, list]) => [row, list.length])).toEqual([
      [3, 2],
      [7, 1],
    ])
  })

  it('are looked at by kind', () => {
    expect(problemsOf(problems, null)).toHaveLength(3)
    expect(problemsOf(problems, 'weight_g|field_invalid').map(({ row }) => row)).toEqual([3, 7])
  })

  it('leave only their rows when somebody wants no others', () => {
    expect(rowsOf(rows, problems, false)).toHaveLength(3)
    expect(rowsOf(rows, problemsOf(problems, 'code|field_missing'), true).map(({ row }) => row)).toEqual([3])
  })

  it('get columns as wide as their words, within bounds', () => {
    const [narrow, chinese, long] = widthsOf(
      ['a', '商品名称与规格', 'b'].map((text) => ({ text, field: text })),
      [{ row: 2, cells: ['1', '', 'x'.repeat(400)] }],
      new Map(),
    )
    expect([narrow, long]).toEqual([96, 260])
    expect(chinese).toBeGreaterThan(100)
  })

  it('get columns in which it can be read what is wrong', () => {
    const whys = new Map([['code', ['A required field is missing']]])
    const headings = [
      { text: 'a', field: 'code' },
      { text: 'b', field: '' },
    ]
    const [bad, fine] = widthsOf(headings, [], whys)
    expect(bad).toBeGreaterThan(180)
    expect(fine).toBe(96)
  })
})
