// What a browser must fetch before each page shows something, gzipped, against the budget: the entry, the page's own file, and all that they import.
// Fails when one is exceeded, and when a page has no file of its own. What a page fetches later (dialogs, drawers, charts) does not count.
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

const PAGE_KB = 400
const PDA_KB = 70
const out = process.env.PAIDAN_CONSOLE_OUT
const dist = out ? pathToFileURL(`${out}/`) : new URL('../dist/', import.meta.url)
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'))
const pages = [
  ...(await readFile(new URL('../src/pages.tsx', import.meta.url), 'utf8')).matchAll(/import\('@\/(.+?)'\)/g),
]

function filesOf(name, seen, files) {
  if (seen.has(name)) return
  seen.add(name)
  const chunk = manifest[name]
  for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
  for (const next of chunk.imports ?? []) filesOf(next, seen, files)
}

const sizes = new Map()

async function sizeOf(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(await readFile(new URL(file, dist))).length)
  return sizes.get(file)
}

let isWrong = false

async function judge(title, names, budget) {
  const files = new Set()
  const seen = new Set()
  for (const name of names) filesOf(name, seen, files)
  let bytes = 0
  for (const file of files) bytes += await sizeOf(file)
  const size = bytes / 1000
  isWrong ||= size > budget
  process.stdout.write(`${title}: first load ${size.toFixed(1)} kB gzip of at most ${budget} kB\n`)
}

await judge('pda.html', ['pda.html'], PDA_KB)
await judge('index.html', ['index.html'], PAGE_KB)
if (pages.length === 0) throw new Error('no page is found in src/pages.tsx')
for (const [, path] of pages) {
  const name = `src/${path}.tsx`
  if (manifest[name]) await judge(path, ['index.html', name], PAGE_KB)
  else {
    isWrong = true
    process.stdout.write(`${path}: has no file of its own: a part of it is imported by another page\n`)
  }
}
if (isWrong) process.exit(1)
