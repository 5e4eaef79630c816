import { ownHeaders, throwProblem } from '@/api/client'
import type { components } from '@/api/schema'

export type Imported = components['schemas']['Imported']

export const KINDS = [
  'orders',
  'products',
  'bundles',
  'listings',
  'stock',
  'warehouses',
  'carriers',
  'freight',
  'shops',
] as const
export type Kind = (typeof KINDS)[number]

/** The file itself is the body. A dry run reads and checks every row, and writes none. */
export async function sendFile(kind: Kind, file: File, { shop, isDryRun }: { shop: string; isDryRun: boolean }) {
  const query = new URLSearchParams({ ...(shop ? { shop } : {}), is_dry_run: String(isDryRun) })
  const response = await fetch(`/api/v1/imports/${kind}?${query}`, {
    method: 'POST',
    headers: { ...ownHeaders('POST'), 'content-type': 'application/octet-stream' },
    body: file,
  })
  await throwProblem(response)
  return (await response.json()) as Imported
}

const SEPARATOR = '\t'

/** Cells copied from a spreadsheet as a CSV file. */
export function csvOf(tsv: string): File {
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const lines = tsv
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => line.split(SEPARATOR).map(quote).join(','))
  return new File([lines.join('\r\n')], 'pasted.csv', { type: 'text/csv' })
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Hands the error file to the browser's downloads. */
export function saveErrorFile(report: Imported): void {
  const bytes = Uint8Array.from(atob(report.error_file_base64), (letter) => letter.charCodeAt(0))
  const url = URL.createObjectURL(new Blob([bytes], { type: XLSX }))
  const link = document.createElement('a')
  link.href = url
  link.download = `paidan-${report.kind}-errors.xlsx`
  link.click()
  URL.revokeObjectURL(url)
}
