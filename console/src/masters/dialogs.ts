import { later } from '@/frame/later'

/** One record to make or to change, in a file of its own: a list is there before somebody opens one of its rows. */
export const RecordDialog = later(() => import('./record-dialog').then((it) => it.RecordDialog))
