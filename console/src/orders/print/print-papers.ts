import { ownHeaders, throwProblem } from '@/api/client'
import type { components } from '@/api/schema'
import { language } from '@/i18n/start'

export type PrintBody = components['schemas']['PrintBody']
export type Paper = PrintBody['kind']
export type Format = 'pdf' | 'zpl'

export interface Printed {
  blob: Blob
  papers: number
}

/** One file for all of them. What was printed before is refused unless `again`. */
export async function printPapers(
  kind: Paper,
  format: Format,
  orderNos: readonly string[],
  again: boolean,
): Promise<Printed> {
  const body = { kind, format, order_nos: orderNos, again, language: language() }
  const answer = await fetch('/api/v1/prints', {
    method: 'POST',
    headers: { ...ownHeaders('POST'), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await throwProblem(answer)
  return { blob: await answer.blob(), papers: Number(answer.headers.get('x-print-papers') ?? 1) }
}

/** A PDF opens in a tab, ready to print; ZPL is for the label printer and goes to the downloads. */
export function showFile({ blob }: Printed, format: Format, name: string): void {
  const url = URL.createObjectURL(blob)
  if (format === 'pdf' && window.open(url, '_blank') !== null) return
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.${format}`
  link.click()
}
