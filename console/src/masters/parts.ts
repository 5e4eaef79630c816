export interface Part {
  code: string
  quantity: number
}

/** `price_share`: the weight of all its units in the bundle's price. */
export interface SharedPart extends Part {
  price_share: number
}

const PART = /^(.+?)[\s]*[×xX*\t][\s]*(\d+)$/

/** Lines such as `85123A × 2`, or two columns pasted from a spreadsheet; without a number: one unit. */
export function readParts(text: string): Part[] {
  return text.split('\n').flatMap((line) => {
    const trimmed = line.trim()
    if (!trimmed) return []
    const found = PART.exec(trimmed)
    return [{ code: found?.[1] ?? trimmed, quantity: Number(found?.[2] ?? 1) }]
  })
}

/** Parts as typed: what the lines do not tell, a part's share of the price, stays as it is stored; a new one weighs 1, as an import that does not tell. */
export function partsToSave(text: string, stored: readonly SharedPart[]): SharedPart[] {
  const byCode = new Map(stored.map((part) => [part.code, part]))
  return readParts(text).map((part) => ({ price_share: 1, ...byCode.get(part.code), ...part }))
}

export function writeParts(parts: readonly { code: string; quantity?: number }[]): string {
  return parts.map((part) => `${part.code} × ${part.quantity ?? 1}`).join('\n')
}
