/**
 * What became of what this device sent. It lies in IndexedDB, because its transactions are seen by every tab at once: localStorage may show
 * another tab a moment late that something is no longer waiting, and it would be sent a second time. Where there is no IndexedDB nothing is
 * remembered and everything is sent; the server counts it once by its `scan_id`.
 */
export type Sent = { is: 'sent'; answer: unknown } | { is: 'refused'; why: string; next: string } | { is: 'kept' }

const DATABASE = 'paidan.pda'
const STORE = 'answers'
/** Far more than wait at once; so many take no room worth the name. */
const ANSWERS_MAX = 200
let opened: Promise<IDBDatabase> | null = null

/** Kept before anything else is done with the answer, so that no tab sends it again. */
export async function remember(scanId: string, told: Sent): Promise<void> {
  await within('readwrite', (answers) => {
    const counted = answers.count()
    counted.onsuccess = () => {
      if (counted.result >= ANSWERS_MAX) answers.clear()
      answers.put(told, scanId)
    }
    return counted
  })
}

/** What the server said to it, whichever tab has sent it; undefined: nobody has heard of an answer. */
export async function answerTo(scanId: string): Promise<Sent | undefined> {
  return within('readonly', (answers) => answers.get(scanId) as IDBRequest<Sent | undefined>)
}

/** Somebody else may sign in next. */
export async function forgetAnswers(): Promise<void> {
  await within('readwrite', (answers) => answers.clear())
}

/** What is asked for, once its transaction has ended; undefined where the browser keeps nothing. */
async function within<Value>(
  mode: IDBTransactionMode,
  ask: (answers: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value | undefined> {
  try {
    const transaction = (await database()).transaction(STORE, mode)
    return await new Promise((resolve, reject) => {
      const request = ask(transaction.objectStore(STORE))
      transaction.oncomplete = () => {
        resolve(request.result)
      }
      transaction.onabort = () => {
        reject(transaction.error ?? new Error('aborted'))
      }
    })
  } catch {
    opened = null // the next one opens it anew
    return undefined
  }
}

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE)
    }
    request.onsuccess = () => {
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error ?? new Error('not opened'))
    }
  })
  return opened
}
