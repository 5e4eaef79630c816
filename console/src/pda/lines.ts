import { el } from './dom'
import type { Line } from './tally'

/** The goods of a parcel or delivery, what is missing on top; the one scanned last stands out. */
export function linesView(
  lines: readonly Line[],
  last: string | null,
  extra: (line: Line) => string = () => '',
): HTMLElement {
  const rank = (line: Line) => (line.key === last ? 0 : line.seen >= line.wanted ? 2 : 1)
  const sorted = [...lines].sort((one, other) => rank(one) - rank(other))
  return el(
    'ul',
    { class: 'lines' },
    ...sorted.map((line) => {
      const look = line.seen > line.wanted ? 'over' : line.seen === line.wanted ? 'full' : ''
      return el(
        'li',
        { class: `${look} ${line.key === last ? 'last' : ''}`, attributes: { 'data-sku': line.sku_code } },
        el(
          'div',
          { class: 'name' },
          line.name || line.sku_code,
          el('small', {}, [line.sku_code, line.barcodes[0], extra(line)].filter(Boolean).join(' · ')),
        ),
        el(
          'div',
          { class: 'count' },
          look === 'full' && el('i', {}, '✓'),
          `${line.seen}`,
          el('small', {}, `/${line.wanted}`),
        ),
      )
    }),
  )
}

export function progress(seen: number, wanted: number): HTMLElement {
  const bar = el('progress', {
    attributes: { max: String(Math.max(wanted, 1)), value: String(Math.min(seen, wanted)) },
  })
  return el('div', { class: 'progress' }, bar, el('b', {}, `${seen} / ${wanted}`))
}
