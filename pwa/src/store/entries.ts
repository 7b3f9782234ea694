/** The entries of this phone: rows of the server with own operations, found by day and by question. */
import { renamedContext } from '../core/branching'
import { emptyRecord, trimmed, type Answer, type EntryRecord } from '../core/entry_record'
import { isDecision, type Intent, type WireContext } from '../core/operation'
import { settledBy, withDismissed, withOwn, withOwnLater } from '../core/own_operations'
import type { PhoneDatabase } from './database'
import { indexed, putOrDelete } from './entry_writing'
import { BRANCHES, readFact, readOwnLasts, type MetaReader } from './meta'
import { append, dismiss, writeAnswer } from './operations'
import type { StoredEntry, StoredOperation } from './schema'

const LISTED_MAX = 2000

/** A write as a person meant it: the context is what they saw; own later operations are added. */
export interface Write {
  readonly intent: Intent
  readonly owner: string
  /** Whether the values replace everything refused before, whose operations are then settled. */
  readonly settles: boolean
}

/**
 * Write operations and the entries they change in one transaction; it is on the disk when this
 * resolves. Returns the operations. A write whose operation id is already there changes nothing.
 */
export async function writeOperations(
  database: PhoneDatabase,
  self: string,
  writes: readonly Write[],
  salt: () => Uint8Array,
  nowMilliseconds: number,
): Promise<readonly StoredOperation[]> {
  return database.write(['operations', 'entries', 'meta'], async (transaction) => {
    const meta = transaction.objectStore('meta')
    const saw = await seenBy(meta)
    const entries = transaction.objectStore('entries')
    const written: StoredOperation[] = []
    for (const { intent, owner, settles } of writes) {
      const stored = await entries.get(intent.entry)
      const before = stored?.record ?? emptyRecord(intent.entry, owner)
      const context = saw(intent, before)
      const appended = await append(
        { operations: transaction.objectStore('operations'), meta },
        { ...intent, context },
        salt,
        nowMilliseconds,
      )
      written.push(appended.stored)
      if (!appended.isNew) continue
      const settled = settles ? settledBy(before, intent) : []
      await dismiss(transaction.objectStore('operations'), settled)
      await entries.put(
        indexed(withOwn(withDismissed(before, settled), appended.stored), self, stored?.pass ?? 0),
      )
    }
    return written
  })
}

/** Drop a refused operation: what it said is no longer shown. Returns whether it was there. */
export async function dismissOperation(
  database: PhoneDatabase,
  self: string,
  operationId: string,
): Promise<boolean> {
  return database.write(['operations', 'entries', 'meta'], async (transaction) => {
    const operations = transaction.objectStore('operations')
    const stored = await operations.index('id').get(operationId)
    if (stored === undefined) return false
    const key = [stored.actor, stored.operation.q] as const
    await dismiss(operations, [key])
    const entries = transaction.objectStore('entries')
    const entry = await entries.get(stored.operation.e)
    if (entry === undefined) return true
    await putOrDelete(entries, withDismissed(entry.record, [key]), self, entry.pass)
    return true
  })
}

/** Write the server's answers to a push. */
export async function writeAnswers(
  database: PhoneDatabase,
  self: string,
  actor: string,
  answers: readonly { readonly sequenceNumber: number; readonly answer: Answer }[],
  nowMilliseconds: number,
): Promise<void> {
  await database.write(['operations', 'entries'], async (transaction) => {
    const entries = transaction.objectStore('entries')
    const operations = transaction.objectStore('operations')
    for (const { sequenceNumber, answer } of answers) {
      const key: [string, number] = [actor, sequenceNumber]
      const stored = await writeAnswer(operations, key, answer, nowMilliseconds)
      if (stored === null) continue
      const entry = await entries.get(stored.operation.e)
      const record = entry?.record ?? emptyRecord(stored.operation.e, self)
      const next = trimmed(withOwn(record, stored))
      await putOrDelete(entries, next, self, entry?.pass ?? 0)
    }
  })
}

export async function entryOf(database: PhoneDatabase, id: string): Promise<EntryRecord | null> {
  return database.read(
    ['entries'],
    async (transaction) => (await transaction.objectStore('entries').get(id))?.record ?? null,
  )
}

/** Return a person's entries from day `first` to day `last`, both included, in order of days. */
export async function entriesOfDays(
  database: PhoneDatabase,
  owner: string,
  first: string,
  last: string,
): Promise<readonly EntryRecord[]> {
  return database.read(['entries'], async (transaction) =>
    recordsOf(
      await transaction
        .objectStore('entries')
        .index('owner_day')
        .getAll(IDBKeyRange.bound([owner, first], [owner, last]), LISTED_MAX),
    ),
  )
}

export async function runningEntries(database: PhoneDatabase): Promise<readonly EntryRecord[]> {
  return database.read(['entries'], async (transaction) =>
    recordsOf(await transaction.objectStore('entries').index('running').getAll(null, LISTED_MAX)),
  )
}

/** Return own entries with a question. */
export async function askingEntries(database: PhoneDatabase): Promise<readonly EntryRecord[]> {
  return database.read(['entries'], async (transaction) =>
    recordsOf(await transaction.objectStore('entries').index('asks').getAll(null, LISTED_MAX)),
  )
}

/** Return others' entries that wait for a decision, in order of days, then of people. */
export async function waitingEntries(database: PhoneDatabase): Promise<readonly EntryRecord[]> {
  return database.read(['entries'], async (transaction) =>
    recordsOf(await transaction.objectStore('entries').index('waits').getAll(null, LISTED_MAX)),
  )
}

/**
 * Return how a context is completed: what a form showed may have got new names since, and the
 * author's own later operations were seen too.
 */
async function seenBy(
  meta: MetaReader,
): Promise<(intent: Intent, record: EntryRecord) => WireContext> {
  const lasts = await readOwnLasts(meta)
  const branches = await readFact(meta, BRANCHES)
  return (intent, record) => {
    if (intent.kind === 'new') return {}
    const context = branches.reduce<WireContext>(renamedContext, intent.context)
    return isDecision(intent.kind) ? context : withOwnLater(context, record, lasts)
  }
}

function recordsOf(found: readonly StoredEntry[]): readonly EntryRecord[] {
  return found.map(({ record }) => record)
}
