/** Where names stand in the map: beside their dots, and none over another. */
export interface Named {
  x: number
  y: number
  label: string
}

export interface Spot {
  x: number
  y: number
  anchor: 'middle' | 'start' | 'end'
}

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

const DOT = 7
const GAP = 10

/**
 * The place of each name, the first ones before the others: above its dot, else below, to the right or to the left of it.
 * `null`: no place is free, and the name is left out. `size`: of the letters.
 */
export function spotsOf(named: readonly Named[], size: number): (Spot | null)[] {
  const taken = named.map(({ x, y }): Box => ({ left: x - DOT, right: x + DOT, top: y - DOT, bottom: y + DOT }))
  return named.map(({ x, y, label }, own) => {
    const width = lettersOf(label) * size
    const middle = y + size * 0.35
    const spots: Spot[] = [
      { x, y: y - GAP, anchor: 'middle' },
      { x, y: y + GAP + size * 0.8, anchor: 'middle' },
      { x: x + GAP, y: middle, anchor: 'start' },
      { x: x - GAP, y: middle, anchor: 'end' },
    ]
    const free = spots.find((spot) => {
      const box = boxOf(spot, width, size)
      return taken.every((other, at) => at === own || !meet(box, other))
    })
    if (free) taken.push(boxOf(free, width, size))
    return free ?? null
  })
}

/** In widths of a Chinese character. */
const lettersOf = (text: string) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.58), 0)

function boxOf({ x, y, anchor }: Spot, width: number, size: number): Box {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { left, right: left + width, top: y - size * 0.85, bottom: y + size * 0.2 }
}

const meet = (one: Box, other: Box) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
