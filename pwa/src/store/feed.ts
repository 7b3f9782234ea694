/** What the server's feed brings into the entries of this phone, and what it takes away. */
import {
  emptyRecord,
  withRow,
  type EntryRecord,
  type EntryRow,
  type Provenance,
} from '../core/entry_record'
import { hasLeftWindow, scopesOf, type ScopeSum } from '../core/feed_check'
import type { PhoneDatabase } from './database'
import { putOrDelete, type EntryWriter } from './entry_writing'
import type { StoredEntry } from './schema'
import { FEED, freshPass, readFact, type Feed } from './meta'

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

interface EntryScanner extends EntryWriter {
  getAll(): Promise<StoredEntry[]>
}

/**
 * Forget a row that the server took away. What this phone has still to say about it stays and is
 * sent; whether that brings the entry back is for the server to tell.
 */
async function forget(entries: EntryWriter, id: string, self: string): Promise<void> {
  const stored = await entries.get(id)
  if (stored === undefined) return
  const own = stored.record.own.filter(({ answer }) => answer === null || answer.st === 'held')
  await putOrDelete(entries, { ...stored.record, row: null, own }, self, stored.pass)
}

/** Forget the rows of scopes that are no longer in sight. */
async function purge(
  entries: EntryScanner,
  scopes: readonly string[],
  self: string,
): Promise<void> {
  if (scopes.length === 0) return
  for (const { id, record } of await entries.getAll()) {
    const isMeant = record.row !== null && scopesOf(record.row).some((one) => scopes.includes(one))
    if (isMeant) await forget(entries, id, self)
  }
}

/** Drop the rows that a complete pass over the feed did not bring, except those with own operations. */
async function dropUnseen(entries: EntryScanner, pass: number): Promise<void> {
  for (const { id, record, pass: seen } of await entries.getAll()) {
    if (seen < pass && record.own.length === 0) await entries.delete(id)
  }
}
