/** How a record is put among the entries of this phone, with the keys under which it is found. */
import { keysOf, type EntryRecord } from '../core/entry_record'
import { scopesOf } from '../core/feed_check'
import type { StoredEntry } from './schema'

/** The store `entries` inside a writing transaction. */
export interface EntryWriter {
  get(id: string): Promise<StoredEntry | undefined>
  put(entry: StoredEntry): Promise<unknown>
  delete(id: string): Promise<void>
}

export interface EntryScanner extends EntryWriter {
  getAll(): Promise<StoredEntry[]>
}

export function indexed(record: EntryRecord, self: string, pass: number): StoredEntry {
  const keys = keysOf(record, self)
  return {
    id: record.id,
    record,
    pass,
    ...(keys === null ? {} : { ownerDay: [record.owner, keys.day] as const }),
    ...(keys?.isRunning === true && record.owner === self ? { running: 1 as const } : {}),
    ...(keys?.asks === true ? { asks: 1 as const } : {}),
    ...(keys?.waits === true ? { waits: [keys.day, record.owner] as const } : {}),
  }
}

export async function putOrDelete(
  entries: EntryWriter,
  record: EntryRecord,
  self: string,
  pass: number,
): Promise<void> {
  if (record.row === null && record.own.length === 0) await entries.delete(record.id)
  else await entries.put(indexed(record, self, pass))
}

/**
 * Forget a row that the server took away. What this phone has still to say about it stays and is
 * sent; whether that brings the entry back is for the server to tell.
 */
export async function forget(entries: EntryWriter, id: string, self: string): Promise<void> {
  const stored = await entries.get(id)
  if (stored === undefined) return
  const own = stored.record.own.filter(({ answer }) => answer === null || answer.st === 'held')
  await putOrDelete(entries, { ...stored.record, row: null, own }, self, stored.pass)
}

/** Forget the rows of scopes that are no longer in sight. */
export async function purge(
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
export async function dropUnseen(entries: EntryScanner, pass: number): Promise<void> {
  for (const { id, record, pass: seen } of await entries.getAll()) {
    if (seen < pass && record.own.length === 0) await entries.delete(id)
  }
}
