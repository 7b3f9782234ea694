/** How a record is put among the entries of this phone, with the keys under which it is found. */
import { keysOf, type EntryRecord } from '../core/entry_record'
import type { StoredEntry } from './schema'

/** The store `entries` inside a writing transaction. */
export interface EntryWriter {
  get(id: string): Promise<StoredEntry | undefined>
  put(entry: StoredEntry): Promise<unknown>
  delete(id: string): Promise<void>
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
