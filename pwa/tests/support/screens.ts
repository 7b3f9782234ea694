/** What screens follow, opened over a phone of its own, and rows as the server sends them. */
import type { EntryRow } from '../../src/core/entry_record'
import type { JsonValue } from '../../src/core/json_value'
import { openLocal, type Local } from '../../src/state/local.svelte'
import { deviceOf } from '../../src/store/device'
import { writePage } from '../../src/store/feed'
import { operationsFrom } from '../../src/store/operations'
import type { StoredOperation } from '../../src/store/schema'
import { ACTOR, ANA, enrolledDatabase, time } from './phones'

export const BEN = '22222222-2222-7222-8222-222222222222'
/** Another phone than the one under test. */
export const ELSEWHERE = 'bbbbbbbbbb'

/** Open an empty phone of Ana's for the screens. */
export async function openedPhone(): Promise<Local> {
  const database = await enrolledDatabase()
  const device = await deviceOf(database)
  if (device === null) throw new Error('the phone is not enrolled')
  const local = { database, device }
  await openLocal(local, () => undefined)
  return local
}

/** Return a row that another phone wrote; `number` is its newest operation there. */
export function row(id: string, number: number, changes: Partial<EntryRow> = {}): EntryRow {
  return {
    id,
    rev: number,
    owner: ANA,
    d: [ELSEWHERE, number],
    dots: {},
    vv: { [ELSEWHERE]: [number, 'AAAAAA'] },
    v: { time: [time('15:00')], alloc: [project('p1')] },
    status: 'draft',
    flags: [],
    approved: null,
    posted: null,
    ...changes,
  }
}

export function project(id: string | null, billable = true): JsonValue {
  return { project: id, task: null, billable, kind: 'work' }
}

/** Let rows come in, as a pull would, without telling the screens. */
export async function pulled({ database }: Local, ...rows: readonly EntryRow[]): Promise<void> {
  await writePage(database, ANA, {
    rows,
    goneIds: [],
    epoch: 'e1',
    cursor: 'c1',
    isLast: true,
  })
}

/** Return everything this phone wrote, oldest first. */
export async function writtenOn({ database }: Local): Promise<readonly StoredOperation[]> {
  return operationsFrom(database, ACTOR, 1, 1000)
}
