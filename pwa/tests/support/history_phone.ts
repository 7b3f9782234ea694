/** A phone of a recorded history: its chain, its records, and what its screen shows. */
import { anchorOf } from '../../src/core/hash_chain'
import { viewOf } from '../../src/core/entry_reading'
import {
  overlaid,
  timesOf,
  trimmed,
  type Answer,
  type EntryRecord,
} from '../../src/core/entry_record'
import {
  chained,
  valuesOf,
  type ChainHead,
  type WireContext,
  type WireOperation,
} from '../../src/core/operation'
import { sha256 } from '../../src/core/sha256'
import { cellsSaid, clockText, dotText, short, type Outcome } from './history_outcome'

export interface Phone {
  readonly actor: string
  readonly operations: readonly WireOperation[]
  readonly records: Readonly<Record<string, EntryRecord>>
}

export const OWNER = 'ana'
const NOW = 1_772_452_800
const NEITHER_OF_CLOCKS_NOR_NEIGHBOURS = ['conflict:', 'delete_vs_edit', 'long', 'clock_check']
const encoder = new TextEncoder()

/** What a screen shows of a record; null when it has no time to show. */
export function shown(record: EntryRecord): Outcome | null {
  const view = viewOf(record, {
    self: OWNER,
    actor: '',
    now: NOW,
    skewSeconds: 0,
    personName: () => null,
    projectName: () => null,
    taskName: () => null,
  })
  if (view === null) return null
  const { cells } = overlaid(record)
  const [first] = timesOf(cells)
  const flags = view.flags.filter((flag) =>
    NEITHER_OF_CLOCKS_NOR_NEIGHBOURS.some((start) => flag.startsWith(start)),
  )
  return short({
    ...cellsSaid(cells),
    vv: clockText(view.seen.context),
    dg: view.seen.digest,
    flags: [...flags].sort().join(' '),
    deleted: view.isDeleted,
    shown: first === undefined ? null : dotText(first.dot),
    worked: view.workedSeconds,
    day: view.workDate,
    range: view.range === null ? null : `${view.range.least}-${view.range.most}`,
  })
}

/** Write anew, under a fresh actor, what a phone wrote behind the fork. */
export function branched(phone: Phone, actor: string, fork: number): Phone {
  const kept = phone.operations.slice(0, fork)
  let next: Phone = { ...phone, actor, operations: [] }
  for (const old of phone.operations.slice(fork)) {
    const operation = chained(
      headOf(next),
      {
        id: old.id,
        entry: old.e,
        kind: old.by,
        context: moved(old.c, phone.actor, kept, next),
        values: valuesOf(old),
        digest: old.dg ?? null,
        writtenAt: old.w,
      },
      saltsOf(old.id, Object.keys(old.s ?? {})),
    )
    next = { ...next, operations: [...next.operations, operation] }
  }
  const records = Object.entries(phone.records).map(([entry, record]) => {
    const own = record.own.map((one) => {
      const operation = next.operations.find(({ id }) => id === one.operation.id)
      return operation === undefined ? one : { ...one, actor, operation, answer: null }
    })
    return [entry, { ...record, own }] as const
  })
  return { ...next, records: Object.fromEntries(records) }
}

function moved(
  context: WireContext,
  former: string,
  kept: readonly WireOperation[],
  branch: Phone,
): WireContext {
  const { [former]: own, ...others } = context
  if (own === undefined) return context
  const clamped = kept[Math.min(own[0], kept.length) - 1]
  const inside = branch.operations[own[0] - kept.length - 1]
  return {
    ...others,
    ...(clamped === undefined ? {} : { [former]: [clamped.q, anchorOf(clamped.h)] as const }),
    ...(inside === undefined ? {} : { [branch.actor]: [inside.q, anchorOf(inside.h)] as const }),
  }
}

/** The server's answers reach the phone's records. */
export function answered(
  phone: Phone,
  sent: readonly WireOperation[],
  words: readonly string[],
): Phone {
  const records = Object.entries(phone.records).map(([entry, record]) => {
    const own = record.own.map((one) => {
      const at = sent.findIndex(({ id }) => id === one.operation.id)
      return at < 0 ? one : { ...one, answer: answerOf(words[at] ?? '') }
    })
    return [entry, trimmed({ ...record, own })] as const
  })
  return { ...phone, records: Object.fromEntries(records) }
}

function answerOf(words: string): Answer {
  const [st, code = null, field = null, note = null] = words.replace(/^duplicate:/, '').split(':')
  return st === 'held' ? { st, code, field, note } : { st: 'applied', code: null, field, note }
}

export function seenOf(record: EntryRecord, kind: string): WireContext {
  return kind === 'new' ? {} : overlaid(record).context
}

/** The salts of an operation's groups, in the order in which they are asked for. */
export function saltsOf(id: string, groups: readonly string[]): () => Uint8Array {
  const left = [...groups]
  return () => sha256(encoder.encode(`${id}${left.shift() ?? ''}`)).slice(0, 16)
}

export function headOf({ actor, operations }: Phone): ChainHead {
  return { actor, sequenceNumber: operations.length, hash: operations.at(-1)?.h ?? null }
}

export function withRecord(phone: Phone, entry: string, record: EntryRecord): Phone {
  return { ...phone, records: { ...phone.records, [entry]: record } }
}

export function without(phone: Phone, entry: string): Phone {
  const { [entry]: _gone, ...records } = phone.records
  return { ...phone, records }
}
