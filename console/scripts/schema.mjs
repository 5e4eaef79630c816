// Makes src/api/schema.d.ts from the committed description of the API. PAIDAN_OPENAPI names another file.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const source = process.env.PAIDAN_OPENAPI ?? new URL('../../docs/openapi.json', import.meta.url).pathname
const target = new URL('../src/api/schema.d.ts', import.meta.url)
const made = astToString(await openapiTS(new URL(`file://${source}`), { alphabetize: true }))
const stored = await readFile(target, 'utf8').catch(() => '')
if (made !== stored) await writeFile(target, made)
