/**
 * The local database of one person on this phone.
 *
 * Each person has an own database with an own key: nobody's operations ever go out under another's
 * name. Migrations only add. WebKit closes the connections of apps in the background without an
 * event, and the handle then throws for ever: `run` drops it, opens anew and tries once more, which
 * is safe because a repeated write finds its operation already there.
 */
import { openDB, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { PhoneSchema } from './schema'

export const DATABASE_VERSION = 1

export type Connection = IDBPDatabase<PhoneSchema>
type Mode = 'readonly' | 'readwrite'
export type Stores<Names extends StoreNames<PhoneSchema>, Kind extends Mode> = IDBPTransaction<
  PhoneSchema,
  Names[],
  Kind
>

/** The phone did not let the app save or read; what was typed must stay on the screen. */
export class StorageFailed extends Error {
  override readonly name = 'StorageFailed'

  /** Whether there is no room: then the person can do something about it. */
  get isFull(): boolean {
    return this.cause instanceof DOMException && this.cause.name === 'QuotaExceededError'
  }
}

/** The browser erased what this phone had: nothing can be saved before the person has joined again. */
export class StorageLost extends StorageFailed {}

/** The database was opened by a newer version of the app in another tab: this tab is old. */
export class OutdatedTab extends Error {
  override readonly name = 'OutdatedTab'
}

const CONNECTION_ERRORS = ['InvalidStateError', 'UnknownError', 'TransactionInactiveError']

export class PhoneDatabase {
  #opening: Promise<Connection> | null = null

  constructor(readonly name: string) {}

  /** Do `work` with an open connection, once more with a new one if the connection was dead. */
  async run<Value>(work: (connection: Connection) => Promise<Value>): Promise<Value> {
    const opening = this.#connection()
    try {
      return await work(await opening)
    } catch (error) {
      // Where an event said that the connection is gone, its transactions only say "aborted".
      const isGone = isDeadConnection(error) || this.#opening !== opening
      if (!isGone) throw asStorageError(error)
      await this.close()
    }
    try {
      return await work(await this.#connection())
    } catch (error) {
      throw asStorageError(error)
    }
  }

  /** Read in one transaction. */
  async read<Names extends StoreNames<PhoneSchema>, Value>(
    stores: Names[],
    work: (transaction: Stores<Names, 'readonly'>) => Promise<Value>,
  ): Promise<Value> {
    return this.run(async (connection) => {
      const transaction = connection.transaction(stores, 'readonly')
      const [value] = await Promise.all([work(transaction), transaction.done])
      return value
    })
  }

  /**
   * Write in one transaction that is on the disk when this resolves. `work` may wait for the
   * database only: any other wait ends the transaction.
   */
  async write<Names extends StoreNames<PhoneSchema>, Value>(
    stores: Names[],
    work: (transaction: Stores<Names, 'readwrite'>) => Promise<Value>,
  ): Promise<Value> {
    return this.run(async (connection) => {
      const transaction = connection.transaction(stores, 'readwrite', { durability: 'strict' })
      const [worked, ended] = await Promise.allSettled([
        abortIfThrown(transaction, work),
        transaction.done,
      ])
      // The transaction's own reason is the better one: its requests only say that it was aborted.
      if (ended.status === 'rejected' && isReason(ended.reason)) throw ended.reason
      if (worked.status === 'rejected') throw worked.reason
      if (ended.status === 'rejected') throw ended.reason
      return worked.value
    })
  }

  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = null
    const connection = await opening?.catch(() => null)
    connection?.close()
  }

  #connection(): Promise<Connection> {
    this.#opening ??= openPhone(this.name, () => {
      this.#opening = null
    }).catch((error: unknown) => {
      this.#opening = null
      throw error
    })
    return this.#opening
  }
}

function openPhone(name: string, forget: () => void): Promise<Connection> {
  return openDB<PhoneSchema>(name, DATABASE_VERSION, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) createFirstStores(database)
    },
    blocking(_current, _blocked, event) {
      if (event.target instanceof IDBDatabase) event.target.close()
      forget()
    },
    terminated: forget,
  })
}

function createFirstStores(database: Connection): void {
  const operations = database.createObjectStore('operations', {
    keyPath: ['actor', 'operation.q'],
  })
  operations.createIndex('id', 'operation.id', { unique: true })
  operations.createIndex('waiting', 'waiting')
  operations.createIndex('asks', 'asks')
  operations.createIndex('answered', 'answeredAt')
  const entries = database.createObjectStore('entries', { keyPath: 'id' })
  entries.createIndex('owner_day', 'ownerDay')
  entries.createIndex('running', 'running')
  entries.createIndex('asks', 'asks')
  entries.createIndex('waits', 'waits')
  database.createObjectStore('meta')
}

async function abortIfThrown<Names extends StoreNames<PhoneSchema>, Value>(
  transaction: Stores<Names, 'readwrite'>,
  work: (transaction: Stores<Names, 'readwrite'>) => Promise<Value>,
): Promise<Value> {
  try {
    return await work(transaction)
  } catch (error) {
    // Otherwise the half that was written before the error would be committed.
    try {
      transaction.abort()
    } catch {
      // It ended by itself; the first error says why.
    }
    transaction.done.catch(() => undefined)
    throw error
  }
}

function isReason(error: unknown): boolean {
  return error instanceof DOMException && error.name !== 'AbortError'
}

function isDeadConnection(error: unknown): boolean {
  return error instanceof DOMException && CONNECTION_ERRORS.includes(error.name)
}

function asStorageError(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error
  if (error.name === 'VersionError') return new OutdatedTab(error.message, { cause: error })
  return new StorageFailed(`${error.name}: ${error.message}`, { cause: error })
}
