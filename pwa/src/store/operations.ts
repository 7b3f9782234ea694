/**
 * This phone's own operations: the chain, the outbox and the archive in one store.
 *
 * An operation stays here for 45 days after the server answered, because a server that was restored
 * from a backup has to get it again.
 */
import type { Answer } from '../core/entry_record'
import { chained, type ChainHead, type Intent } from '../core/operation'
import { StorageLost, type PhoneDatabase } from './database'
import { readHead, readOwnLasts, writeHead, type MetaWriter } from './meta'
import type { StoredOperation } from './schema'

export const ARCHIVE_DAYS = 45
/** The note of an operation that the server refused for good: it stays on this phone. */
export const NEVER_SENT = 'not_sent'
const DAY_MILLISECONDS = 86_400_000
const PURGED_AT_ONCE = 500

/** The store `operations` inside a writing transaction. */
interface OperationWriter {
  get(key: [actor: string, sequenceNumber: number]): Promise<StoredOperation | undefined>
  put(operation: StoredOperation): Promise<unknown>
}

/** The same, where operations are also appended. */
interface OperationAppender extends OperationWriter {
  add(operation: StoredOperation): Promise<unknown>
  index(name: 'id'): { get(id: string): Promise<StoredOperation | undefined> }
}

/** Append an operation to the chain inside a transaction and return it; once for each id. */
export async function append(
  { operations, meta }: { readonly operations: OperationAppender; readonly meta: MetaWriter },
  intent: Intent,
  salt: () => Uint8Array,
  nowMilliseconds: number,
): Promise<{ readonly stored: StoredOperation; readonly isNew: boolean }> {
  const known = await operations.index('id').get(intent.id)
  if (known !== undefined) return { stored: known, isNew: false }
  const head = await readHead(meta)
  if (head === null) throw new StorageLost('the chain of this phone is gone')
  const operation = chained(head, intent, salt)
  const stored: StoredOperation = {
    actor: head.actor,
    operation,
    answer: null,
    isDismissed: false,
    waiting: 1,
    writtenAtMilliseconds: nowMilliseconds,
    triedAtMilliseconds: null,
  }
  await operations.add(stored)
  const next: ChainHead = {
    actor: head.actor,
    sequenceNumber: operation.q,
    hash: operation.h,
  }
  await writeHead(meta, next)
  return { stored, isNew: true }
}

/** Return up to `limit` operations of an actor with numbers from `first` on, in order. */
export async function operationsFrom(
  database: PhoneDatabase,
  actor: string,
  first: number,
  limit: number,
): Promise<readonly StoredOperation[]> {
  return database.read(['operations'], (transaction) =>
    transaction
      .objectStore('operations')
      .getAll(IDBKeyRange.bound([actor, first], [actor, Infinity]), limit),
  )
}

/** Return the operation with that number, or null when it is not (or no longer) here. */
export async function operationAt(
  database: PhoneDatabase,
  actor: string,
  sequenceNumber: number,
): Promise<StoredOperation | null> {
  return database.read(
    ['operations'],
    async (transaction) =>
      (await transaction.objectStore('operations').get([actor, sequenceNumber])) ?? null,
  )
}

/** Return the operations without an answer, oldest first. */
export async function waitingOperations(
  database: PhoneDatabase,
): Promise<readonly StoredOperation[]> {
  const found = await database.read(['operations'], (transaction) =>
    transaction.objectStore('operations').index('waiting').getAll(),
  )
  return [...found].sort((one, other) => one.operation.q - other.operation.q)
}

export async function waitingCount(database: PhoneDatabase): Promise<number> {
  return database.read(['operations'], (transaction) =>
    transaction.objectStore('operations').index('waiting').count(),
  )
}

/** Return how many operations are on this phone only: those that wait, and those never to be sent. */
export async function unsentCount(database: PhoneDatabase): Promise<number> {
  const neverSent = (await askingOperations(database)).filter(
    ({ answer }) => answer?.note === NEVER_SENT,
  )
  return (await waitingCount(database)) + neverSent.length
}

/** Return the operations that the server did not accept and nobody settled, oldest first. */
export async function askingOperations(
  database: PhoneDatabase,
): Promise<readonly StoredOperation[]> {
  return database.read(['operations'], (transaction) =>
    transaction.objectStore('operations').index('asks').getAll(),
  )
}

/** Return the operations answered last, newest first. */
export async function lastAnswered(
  database: PhoneDatabase,
  limit: number,
): Promise<readonly StoredOperation[]> {
  return database.read(['operations'], async (transaction) => {
    const found: StoredOperation[] = []
    const index = transaction.objectStore('operations').index('answered')
    let cursor = await index.openCursor(null, 'prev')
    while (cursor !== null && found.length < limit) {
      found.push(cursor.value)
      cursor = await cursor.continue()
    }
    return found
  })
}

/** Remember that these operations were sent, whatever comes back. */
export async function markTried(
  database: PhoneDatabase,
  tried: readonly StoredOperation[],
  nowMilliseconds: number,
): Promise<void> {
  await database.write(['operations'], async (transaction) => {
    const store = transaction.objectStore('operations')
    for (const { actor, operation } of tried) {
      const stored = await store.get([actor, operation.q])
      if (stored !== undefined) await store.put({ ...stored, triedAtMilliseconds: nowMilliseconds })
    }
  })
}

/** Write the server's answer into the archive, and return the operation as it is then. */
export async function writeAnswer(
  store: OperationWriter,
  key: [actor: string, sequenceNumber: number],
  answer: Answer,
  nowMilliseconds: number,
): Promise<StoredOperation | null> {
  const stored = await store.get(key)
  if (stored === undefined) return null
  const { waiting: _waiting, asks: _asks, ...rest } = stored
  const asks = answer.st === 'held' && answer.code !== 'causal_gap' && !stored.isDismissed
  const next: StoredOperation = {
    ...rest,
    answer,
    // Again, if a server came back from a backup: it may do so once more.
    answeredAt: nowMilliseconds,
    ...(asks ? { asks: 1 } : {}),
  }
  await store.put(next)
  return next
}

/** Mark refused operations as settled: their author dropped them or wrote anew what they said. */
export async function dismiss(
  store: OperationWriter,
  keys: readonly (readonly [actor: string, sequenceNumber: number])[],
): Promise<void> {
  for (const [actor, sequenceNumber] of keys) {
    const stored = await store.get([actor, sequenceNumber])
    if (stored === undefined) continue
    const { asks: _asks, ...rest } = stored
    await store.put({ ...rest, isDismissed: true })
  }
}

/**
 * Erase operations that were answered more than 45 days ago, the oldest of each chain first and never
 * one in the middle; the last of each chain stays, because it proves where the chain is.
 */
export async function purgeArchive(
  database: PhoneDatabase,
  nowMilliseconds: number,
): Promise<number> {
  const until = nowMilliseconds - ARCHIVE_DAYS * DAY_MILLISECONDS
  return database.write(['operations', 'meta'], async (transaction) => {
    const lasts = await readOwnLasts(transaction.objectStore('meta'))
    const store = transaction.objectStore('operations')
    let purged = 0
    for (const [actor, last] of lasts) {
      const chain = IDBKeyRange.bound([actor, -1], [actor, last], false, true)
      // What stays behind the end of a chain was never sent.
      const behind = IDBKeyRange.bound([actor, last], [actor, Infinity], true)
      for (const range of [chain, behind]) {
        let cursor = await store.openCursor(range)
        while (cursor !== null && purged < PURGED_AT_ONCE && isOld(cursor.value, until)) {
          await cursor.delete()
          purged += 1
          cursor = await cursor.continue()
        }
      }
    }
    return purged
  })
}

function isOld({ answeredAt, asks }: StoredOperation, until: number): boolean {
  return answeredAt !== undefined && answeredAt <= until && asks === undefined
}
