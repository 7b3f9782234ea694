/**
 * What this phone knows before anybody's own database is open: whose turn it is, the language of
 * notifications, and the key of an enrolment whose answer is still out.
 */
import { openDB, type IDBPDatabase } from 'idb'
import { fitted, objectOf, text, type Shaped } from '../core/shape'
import { cryptoKey } from './meta'

const NAME = 'daywork'
const VERSION = 1

const currentShape = objectOf({ database: text })
const pendingKeysShape = objectOf({
  invite: text,
  privateKey: cryptoKey,
  publicKey: cryptoKey,
})

export type PendingKeys = Shaped<typeof pendingKeysShape>

/** Return the name of the database of the person who uses this phone now, or null. */
export async function currentDatabase(): Promise<string | null> {
  const found = fitted(currentShape, await read('current'))
  return found?.database ?? null
}

/** Whether nobody ever used this phone, as far as it knows: true also after its storage was erased. */
export async function isUntouched(): Promise<boolean> {
  return (await read('current')) === undefined
}

export async function setCurrentDatabase(name: string | null): Promise<void> {
  await write('current', name === null ? null : { database: name })
}

/** Return the name of a person's database on this phone. */
export function databaseName(organisation: string, person: string): string {
  return `daywork-${organisation}-${person}`
}

/** Return the key pair that was made for an invite and has no answer yet, or null. */
export async function pendingKeys(invite: string): Promise<PendingKeys | null> {
  const found = fitted(pendingKeysShape, await read('pending_keys'))
  return found?.invite === invite ? found : null
}

export async function setPendingKeys(keys: PendingKeys | null): Promise<void> {
  await write('pending_keys', keys)
}

/** Return the language of notifications; null before the person's first visit. */
export async function notificationLanguage(): Promise<string | null> {
  const found = fitted(text, await read('language'))
  return found
}

export async function setNotificationLanguage(language: string): Promise<void> {
  await write('language', language)
}

async function read(key: string): Promise<unknown> {
  return withRegistry((database) => database.get('meta', key))
}

async function write(key: string, value: unknown): Promise<void> {
  await withRegistry(async (database) => {
    const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' })
    await Promise.all([transaction.store.put(value, key), transaction.done])
  })
}

/** The registry is opened for each use: it is rare, and no dead connection is ever kept. */
async function withRegistry<Value>(
  work: (database: IDBPDatabase) => Promise<Value>,
): Promise<Value> {
  const database = await openDB(NAME, VERSION, {
    upgrade(opened, oldVersion) {
      if (oldVersion < 1) opened.createObjectStore('meta')
    },
  })
  try {
    return await work(database)
  } finally {
    database.close()
  }
}
