import { later } from '@/frame/later'

/** What somebody opens when he does something to orders: no part of the first load of lists and pages. */
export const BulkDialog = later(() => import('./bulk/bulk-dialog').then((it) => it.BulkDialog))
export const PrintDialog = later(() => import('./print/print-dialog').then((it) => it.PrintDialog))
