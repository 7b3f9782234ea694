/** The entries of this phone: rows of the server with own operations, found by day and by question. */
import { renamedContext } from '../core/branching'
import {
  emptyRecord,
  trimmed,
  withRow,
  type Answer,
  type EntryRecord,
  type EntryRow,
  type Provenance,
} from '../core/entry_record'
import { hasLeftWindow, type ScopeSum } from '../core/feed_check'
import { isDecision, type Intent, type WireContext } from '../core/operation'
import { settledBy, withDismissed, withOwn, withOwnLater } from '../core/own_operations'
import { PhoneDatabase } from './database'
import { dropUnseen, forget, indexed, purge, putOrDelete } from './entry_writing'
import {
  BRANCHES,
  FEED,
  freshPass,
  readFact,
  readOwnLasts,
  type Feed,
  type MetaReader,
} from './meta'
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

/** A page of the server's feed, as the store needs it. */
export interface Page {
  readonly rows: readonly EntryRow[]
  readonly goneIds: readonly string[]
  /** Scopes that are no longer in sight; let go of before the rows are taken. */
  readonly purge?: readonly string[]
  readonly epoch: string
  readonly cursor: string
  readonly isLast: boolean
}

/** Write a page of rows and the cursor behind it in one transaction. */
export async function writePage(database: PhoneDatabase, self: string, page: Page): Promise<Feed> {
  return database.write(['entries', 'meta'], async (transaction) => {
    const meta = transaction.objectStore('meta')
    const feed = await readFact(meta, FEED)
    const entries = transaction.objectStore('entries')
    await purge(entries, page.purge ?? [], self)
    for (const row of page.rows) {
      const stored = await entries.get(row.id)
      const record = withRow(stored?.record ?? emptyRecord(row.id, row.owner), row)
      await putOrDelete(entries, record, self, feed.pass)
    }
    for (const id of page.goneIds) await forget(entries, id, self)
    const next: Feed = {
      ...feed,
      epoch: page.epoch,
      cursor: page.cursor,
      isPassComplete: feed.isPassComplete || page.isLast,
    }
    if (page.isLast && !feed.isPassComplete) await dropUnseen(entries, feed.pass)
    await meta.put(next, FEED.key)
    return next
  })
}

/** Begin to read the feed from the start: rows that do not come again are dropped at its end. */
export async function restartFeed(database: PhoneDatabase): Promise<Feed> {
  return database.write(['meta'], async (transaction) => {
    const meta = transaction.objectStore('meta')
    const next = freshPass(await readFact(meta, FEED))
    await meta.put(next, FEED.key)
    return next
  })
}

/** Drop the rows that fell out of every window, and return the others. */
export async function rowsWithin(
  database: PhoneDatabase,
  sums: readonly ScopeSum[],
): Promise<readonly EntryRow[]> {
  return database.write(['entries'], async (transaction) => {
    const entries = transaction.objectStore('entries')
    const rows: EntryRow[] = []
    for (const { id, record } of await entries.getAll()) {
      if (record.row === null) continue
      const isLeaving = record.own.length === 0 && hasLeftWindow(record.row, sums)
      if (isLeaving) await entries.delete(id)
      else rows.push(record.row)
    }
    return rows
  })
}

/** Add what an entry's history told about its authors. */
export async function writeProvenance(
  database: PhoneDatabase,
  id: string,
  provenance: readonly Provenance[],
  revision: number,
): Promise<void> {
  await database.write(['entries'], async (transaction) => {
    const entries = transaction.objectStore('entries')
    const stored = await entries.get(id)
    if (stored === undefined) return
    const record: EntryRecord = { ...stored.record, provenance, provenanceRev: revision }
    await entries.put({ ...stored, record })
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
