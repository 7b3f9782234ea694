/** Phones for tests: a real local database with a real key, and what is written on it. */
import 'fake-indexeddb/auto'
import type { StoreNames } from 'idb'
import type { Fetcher } from '../../src/api/client'
import type { JsonValue } from '../../src/core/json_value'
import type { Intent } from '../../src/core/operation'
import { PhoneDatabase } from '../../src/store/database'
import { newKeyPair, saveDevice } from '../../src/store/device'
import { writeOperations, type Write } from '../../src/store/entries'
import type { ExchangeState } from '../../src/store/meta'
import type { PhoneSchema } from '../../src/store/schema'
import { exchange } from '../../src/sync/exchange'

export const ANA = '11111111-1111-7111-8111-111111111111'
export const ACTOR = 'aaaaaaaaaa'
export const NOW = 1_772_452_800_000
export const SERVER_NOW = '2026-03-02T12:00:00Z'

let databases = 0
let ids = 0

/** Return an enrolled phone's database of its own. */
export async function enrolledDatabase(actor = ACTOR): Promise<PhoneDatabase> {
  databases += 1
  const database = new PhoneDatabase(`test-${String(databases)}`)
  await saveDevice(database, {
    actor,
    label: "Ana's Pixel",
    person: { id: ANA, name: 'Ana', roles: ['worker'] },
    organisation: { id: 'o', name: 'Fennick', time_zone: 'UTC', currency: 'EUR', practice: false },
    keys: await newKeyPair(),
  })
  return database
}

export function salt(): Uint8Array {
  return new Uint8Array(16).fill(7)
}

/** Return the time of a working day in UTC. */
export function time(end: string | null): JsonValue {
  return {
    start: '2026-03-02T07:00:00Z',
    end: end === null ? null : `2026-03-02T${end}:00Z`,
    brk: [],
    tz: 'UTC',
    src: 'timer',
    elapsed: null,
  }
}

/** Return what a person meant to write. */
export function write(
  entry: string,
  values: Readonly<Record<string, JsonValue>>,
  changes: Partial<Intent> = {},
): Write {
  ids += 1
  const intent: Intent = {
    id: `00000000-0000-7000-8000-${String(ids).padStart(12, '0')}`,
    entry,
    kind: 'new',
    context: {},
    values,
    digest: null,
    writtenAt: '2026-03-02T15:31:08Z',
    ...changes,
  }
  return { intent, owner: ANA, settles: false }
}

export function entryId(number: number): string {
  return `te:00000000-0000-7000-9000-${String(number).padStart(12, '0')}`
}

/** Return a copy of a phone's database, as a backup restored on a second phone has it. */
export async function cloned(database: PhoneDatabase): Promise<PhoneDatabase> {
  databases += 1
  const copy = new PhoneDatabase(`test-${String(databases)}`)
  const stores: StoreNames<PhoneSchema>[] = ['operations', 'entries', 'meta']
  const found = await database.read(stores, async (transaction) => ({
    operations: await transaction.objectStore('operations').getAll(),
    entries: await transaction.objectStore('entries').getAll(),
    metaKeys: await transaction.objectStore('meta').getAllKeys(),
    meta: await transaction.objectStore('meta').getAll(),
  }))
  await copy.write(stores, async (transaction) => {
    for (const one of found.operations) await transaction.objectStore('operations').add(one)
    for (const one of found.entries) await transaction.objectStore('entries').add(one)
    for (const [at, key] of found.metaKeys.entries()) {
      await transaction.objectStore('meta').put(found.meta[at], key)
    }
  })
  return copy
}

/** Write one note for each number from `from` on, as one entry each; returns the operations' ids. */
export async function noted(
  database: PhoneDatabase,
  count: number,
  from = 0,
): Promise<readonly string[]> {
  const acts = Array.from({ length: count }, (_, at) =>
    write(entryId(from + at), { note: `note ${String(from + at)}` }),
  )
  await writeOperations(database, ANA, acts, salt, NOW)
  return acts.map(({ intent }) => intent.id)
}

/** Exchange with a server. */
export async function talk(
  database: PhoneDatabase,
  server: { readonly fetcher: Fetcher },
  now = NOW,
): Promise<ExchangeState> {
  return exchange({ database, fetcher: server.fetcher, now: () => now })
}
