/**
 * Moves a part of this phone's history to a fresh actor, in one transaction: before it, everything is
 * as it was; after it, everything goes on under the new name.
 */
import { branched, renamedRow, type Branch, type Place } from '../core/branching'
import { emptyRecord, type Answer, type EntryRecord } from '../core/entry_record'
import { anchorOf } from '../core/hash_chain'
import { type ChainHead } from '../core/operation'
import { withOwn } from '../core/own_operations'
import type { PhoneDatabase, Stores } from './database'
import type { KeyPair } from './device'
import { indexed } from './entry_writing'
import {
  BRANCHES,
  BRANCHING,
  countEvent,
  DEVICE,
  FEED,
  FORMER_ACTORS,
  freshPass,
  readFact,
  readHead,
  readOwnLasts,
  writeHead,
  type FormerActor,
  type MetaWriter,
} from './meta'
import type { StoredOperation } from './schema'

const BRANCHES_KEPT = 20

/** What is to be moved. */
export interface Move {
  readonly of: string
  /** The last number that the server shares; null when that is not known: all that is here moves. */
  readonly sharedNumber: number | null
  /** The operation that stays behind, because the server will never take it. */
  readonly leftOut: { readonly sequenceNumber: number; readonly answer: Answer } | null
  readonly fresh: { readonly actor: string; readonly keys: KeyPair }
}

type Names = 'operations' | 'entries' | 'meta'
type Writing = Stores<Names, 'readwrite'>

/** Move a branch. Returns how many operations have a new name; nothing is done twice. */
export async function moveBranch(
  database: PhoneDatabase,
  self: string,
  move: Move,
  nowMilliseconds: number,
): Promise<number> {
  const stores: Names[] = ['operations', 'entries', 'meta']
  return database.write(stores, async (transaction) => {
    const meta = transaction.objectStore('meta')
    const before = await chainBefore(meta, move.of)
    const isDone = (await readOwnLasts(meta)).has(move.fresh.actor)
    if (before === null || isDone) return 0
    const operations = transaction.objectStore('operations')
    const shared = await sharedHead(transaction, move, before.head)
    const first = shared.sequenceNumber + 1
    const behind = await operations.getAll(IDBKeyRange.bound([move.of, first], [move.of, Infinity]))
    const { branch, moved, head } = branched(
      behind.map(({ operation }) => operation),
      move.of,
      placeOf(shared),
      move.fresh.actor,
      move.leftOut?.sequenceNumber ?? null,
    )
    const renamed: StoredOperation[] = []
    for (const stored of behind) {
      const after = moved.find(({ before: { q } }) => q === stored.operation.q)?.after
      await operations.delete([move.of, stored.operation.q])
      renamed.push(
        after === undefined
          ? leftBehind(stored, move, nowMilliseconds)
          : unanswered(stored, move.fresh.actor, after),
      )
    }
    for (const stored of renamed) await operations.add(stored)
    await renameEntries(transaction, self, branch, renamed)
    await writeHeads(meta, before, shared, { head, ...move.fresh.keys })
    const branches = await readFact(meta, BRANCHES)
    await meta.put([...branches, branch].slice(-BRANCHES_KEPT), BRANCHES.key)
    await meta.put(freshPass(await readFact(meta, FEED)), FEED.key)
    await meta.delete(BRANCHING.key)
    await countEvent(meta, move.leftOut === null ? 'fork' : 'refused_operation', nowMilliseconds)
    return moved.length
  })
}

/** A chain of this phone before its branch moves; `isCurrent`: it is written on. */
interface Before extends FormerActor {
  readonly isCurrent: boolean
}

async function chainBefore(meta: MetaWriter, of: string): Promise<Before | null> {
  const head = await readHead(meta)
  const device = await readFact(meta, DEVICE)
  if (head?.actor === of && device !== null) return { head, ...device.keys, isCurrent: true }
  const former = await readFact(meta, FORMER_ACTORS)
  const found = former.find((one) => one.head.actor === of)
  return found === undefined ? null : { ...found, isCurrent: false }
}

/** Return the end of what stays under the old name. */
async function sharedHead(
  transaction: Writing,
  { of, sharedNumber }: Move,
  head: ChainHead,
): Promise<ChainHead> {
  if (sharedNumber === head.sequenceNumber) return head
  const stored = await transaction.objectStore('operations').get([of, sharedNumber ?? 0])
  return stored === undefined
    ? { actor: of, sequenceNumber: 0, hash: null }
    : { actor: of, sequenceNumber: stored.operation.q, hash: stored.operation.h }
}

function placeOf({ sequenceNumber, hash }: ChainHead): Place | null {
  return hash === null ? null : [sequenceNumber, anchorOf(hash)]
}

/** The operation as one that the server has still to answer: it never had it under this name. */
function unanswered(
  { answeredAt: _answeredAt, asks: _asks, ...stored }: StoredOperation,
  actor: string,
  operation: StoredOperation['operation'],
): StoredOperation {
  return { ...stored, actor, operation, answer: null, waiting: 1, triedAtMilliseconds: null }
}

function leftBehind(
  { waiting: _waiting, ...stored }: StoredOperation,
  { leftOut }: Move,
  nowMilliseconds: number,
): StoredOperation {
  return { ...stored, answer: leftOut?.answer ?? null, asks: 1, answeredAt: nowMilliseconds }
}

/** Give every entry's record the new names: in its row, and in this phone's own operations. */
async function renameEntries(
  transaction: Writing,
  self: string,
  branch: Branch,
  renamed: readonly StoredOperation[],
): Promise<void> {
  const entries = transaction.objectStore('entries')
  const byEntry = new Map<string, readonly StoredOperation[]>()
  for (const one of renamed) {
    byEntry.set(one.operation.e, [...(byEntry.get(one.operation.e) ?? []), one])
  }
  for (const { record, pass } of await entries.getAll()) {
    const row = record.row === null ? null : renamedRow(record.row, branch)
    const own = byEntry.get(record.id) ?? []
    byEntry.delete(record.id)
    if (row === record.row && own.length === 0) continue
    await entries.put(indexed(withAll({ ...record, row }, own), self, pass))
  }
  for (const [id, own] of byEntry) {
    await entries.put(indexed(withAll(emptyRecord(id, self), own), self, 0))
  }
}

/** An operation that the row holds is laid over it again, should the next row come without it. */
function withAll(record: EntryRecord, own: readonly StoredOperation[]): EntryRecord {
  const { row } = record
  const added = own.reduce<EntryRecord>(
    (before, { actor, operation, answer, isDismissed }) =>
      withOwn(before, { actor, operation, answer, isDismissed }),
    { ...record, row: null },
  )
  return { ...added, row }
}

/** The old name ends at the shared operation; the fresh one takes its place if it was the current. */
async function writeHeads(
  meta: MetaWriter,
  { isCurrent, head, privateKey, publicKey }: Before,
  shared: ChainHead,
  fresh: FormerActor,
): Promise<void> {
  const former = await readFact(meta, FORMER_ACTORS)
  const others = former.filter((one) => one.head.actor !== head.actor)
  const old: FormerActor = { head: shared, privateKey, publicKey }
  const device = await readFact(meta, DEVICE)
  if (!isCurrent || device === null) {
    await meta.put([...others, old, fresh], FORMER_ACTORS.key)
    return
  }
  await meta.put([...others, old], FORMER_ACTORS.key)
  const { privateKey: freshPrivate, publicKey: freshPublic } = fresh
  const keys = { privateKey: freshPrivate, publicKey: freshPublic }
  await meta.put({ ...device, actor: fresh.head.actor, keys }, DEVICE.key)
  await writeHead(meta, fresh.head)
}
