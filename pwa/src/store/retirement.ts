/**
 * What a phone keeps after it was retired: only what it had still to send, and the keys that sign it.
 * The rows, the archive and everything that was only read are erased at once.
 */
import type { PhoneDatabase, Stores } from './database'
import { DEVICE, EXCHANGE, FORMER_ACTORS, HEAD_KEY, readFact, RETIREMENT } from './meta'
import { ARCHIVE_DAYS } from './operations'

type Names = 'operations' | 'entries' | 'meta'
const STORES: Names[] = ['operations', 'entries', 'meta']
const KEPT: readonly string[] = [DEVICE.key, FORMER_ACTORS.key, EXCHANGE.key, HEAD_KEY]
const DAY_MILLISECONDS = 86_400_000

/** Erase all but the outbox; the moment of the first call stays the retirement's. */
export async function eraseAllButOutbox(
  database: PhoneDatabase,
  nowMilliseconds: number,
): Promise<void> {
  await database.write(STORES, async (transaction) => {
    const meta = transaction.objectStore('meta')
    const before = await readFact(meta, RETIREMENT)
    if (before !== null) return
    await transaction.objectStore('entries').clear()
    for (const key of await meta.getAllKeys()) {
      if (!KEPT.includes(key)) await meta.delete(key)
    }
    await meta.put({ at: Math.floor(nowMilliseconds / 1000) }, RETIREMENT.key)
    await eraseAnswered(transaction)
  })
}

/** Note which operations of an actor are deposited. */
export async function markDeposited(
  database: PhoneDatabase,
  actor: string,
  numbers: readonly number[],
  nowMilliseconds: number,
): Promise<void> {
  await database.write(['operations'], async (transaction) => {
    const store = transaction.objectStore('operations')
    for (const number of numbers) {
      const stored = await store.get([actor, number])
      if (stored !== undefined) await store.put({ ...stored, depositedAt: nowMilliseconds })
    }
  })
}

/**
 * Erase the rest when nothing is left to hand in: at once if nothing was, else 45 days after the
 * retirement, because until then the person may join again and answer for what was deposited.
 * Returns whether it is erased.
 */
export async function eraseWhenDone(
  database: PhoneDatabase,
  nowMilliseconds: number,
): Promise<boolean> {
  return database.write(STORES, async (transaction) => {
    const retirement = await readFact(transaction.objectStore('meta'), RETIREMENT)
    if (retirement === null) return false
    const waiting = await transaction.objectStore('operations').index('waiting').getAll()
    const until = retirement.at * 1000 + ARCHIVE_DAYS * DAY_MILLISECONDS
    const isHandedIn = waiting.every(({ depositedAt }) => depositedAt !== undefined)
    const isDone = waiting.length === 0 || (isHandedIn && nowMilliseconds >= until)
    if (isDone) for (const name of STORES) await transaction.objectStore(name).clear()
    return isDone
  })
}

/** Erase everything that this phone keeps of its person. */
export async function eraseAll(database: PhoneDatabase): Promise<void> {
  await database.write(STORES, async (transaction) => {
    for (const name of STORES) await transaction.objectStore(name).clear()
  })
}

/** Erase the operations that were answered; those in front of one that waits prove nothing more. */
async function eraseAnswered(transaction: Stores<Names, 'readwrite'>): Promise<void> {
  const operations = transaction.objectStore('operations')
  let cursor = await operations.openCursor()
  while (cursor !== null) {
    if (cursor.value.waiting === undefined) await cursor.delete()
    cursor = await cursor.continue()
  }
}
