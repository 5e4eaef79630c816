/** The largest size of a grid's words, in pixels. */
const EM = 14

/** Characters that are wider than the ordinary one of their kind, in every font that we ask for. */
const WIDE = new Set('mwMW@%\u2026\u2014')

/** How wide these words are at most, in pixels: by kinds of characters, on the safe side, without asking the browser to lay them out. */
export function widest(text: string): number {
  let ems = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code > 0xffff) ems += 1.5
    else if (code > 0x2ff || WIDE.has(character)) ems += 1.02
    else if (character === ' ') ems += 0.4
    else if (code >= 0x41 && code <= 0x5a) ems += 0.78
    else ems += 0.64
  }
  return ems * EM
}
