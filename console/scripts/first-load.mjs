// What a browser must fetch before it shows something, gzipped, against the budget of each entry. Fails when one is exceeded.
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = { 'index.html': 400, 'pda.html': 70 }
const out = process.env.PAIDAN_CONSOLE_OUT
const dist = out ? pathToFileURL(`${out}/`) : new URL('../dist/', import.meta.url)
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'))

function filesOf(name, seen = new Set()) {
  const chunk = manifest[name]
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file)
  for (const next of chunk.imports ?? []) if (!seen.has(manifest[next].file)) filesOf(next, seen)
  return seen
}

let isOver = false
for (const [entry, budget] of Object.entries(BUDGET_KB)) {
  let bytes = 0
  for (const file of filesOf(entry)) bytes += gzipSync(await readFile(new URL(file, dist))).length
  const size = bytes / 1000
  isOver ||= size > budget
  process.stdout.write(`${entry}: first load ${size.toFixed(1)} kB gzip of at most ${budget} kB\n`)
}
if (isOver) process.exit(1)
