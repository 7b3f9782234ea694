/** A phone of a recorded history: its chain, its records, and what its screen shows. */
import { branched, renamedRow } from '../../src/core/branching'
import { anchorOf } from '../../src/core/hash_chain'
import { viewOf } from '../../src/core/entry_reading'
import {
  overlaid,
  timesOf,
  trimmed,
  type Answer,
  type EntryRecord,
  type OwnOperation,
} from '../../src/core/entry_record'
import {
  isDecision,
  type ChainHead,
  type OperationKind,
  type WireContext,
  type WireOperation,
} from '../../src/core/operation'
import { withOwn, withOwnLater } from '../../src/core/own_operations'
import { sha256 } from '../../src/core/sha256'
import { cellsSaid, clockText, dotText, short, type Outcome } from './history_outcome'

export interface Phone {
  readonly actor: string
  /** The names it had, with the last number that stayed with each. */
  readonly former: readonly { readonly actor: string; readonly last: number }[]
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
    ownLasts: new Map(),
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

/** The phone goes on as `actor` with what it wrote behind the fork. */
export function goneOnAs(phone: Phone, actor: string, fork: number): Phone {
  const end = phone.operations[fork - 1]
  const shared = end === undefined ? null : ([end.q, anchorOf(end.h)] as const)
  const behind = phone.operations.slice(fork)
  const { branch, moved } = branched(behind, phone.actor, shared, actor, null)
  const operations = moved.map(({ after }) => after)
  const records = Object.entries(phone.records).map(([entry, record]) => {
    const row = record.row === null ? null : renamedRow(record.row, branch)
    const own = operations
      .filter(({ e }) => e === record.id)
      .reduce<EntryRecord>((before, operation) => withOwn(before, unanswered(actor, operation)), {
        ...record,
        row: null,
      }).own
    return [entry, { ...record, row, own }] as const
  })
  const former = [...phone.former, { actor: phone.actor, last: fork }]
  return { actor, operations, former, records: Object.fromEntries(records) }
}

/** The server's answers reach the phone's records. */
export function answered(
  phone: Phone,
  sent: readonly WireOperation[],
  words: readonly string[],
): Phone {
  const records = Object.entries(phone.records).map(([entry, record]) => {
    const told = sent.reduce<EntryRecord>((before, operation, at) => {
      if (operation.e !== record.id) return before
      const own = { ...unanswered(phone.actor, operation), answer: answerOf(words[at] ?? '') }
      return trimmed(withOwn(before, own))
    }, record)
    return [entry, told] as const
  })
  return { ...phone, records: Object.fromEntries(records) }
}

/** What an operation of this phone has seen; `seen` is what the form was opened with. */
export function seenOf(
  phone: Phone,
  record: EntryRecord,
  kind: OperationKind,
  seen: WireContext | null,
): WireContext {
  if (kind === 'new') return {}
  const context = seen ?? overlaid(record).context
  const lasts = [
    ...phone.former.map(({ actor, last }) => [actor, last] as const),
    [phone.actor, phone.operations.length] as const,
  ]
  return isDecision(kind) ? context : withOwnLater(context, record, new Map(lasts))
}

export function unanswered(actor: string, operation: WireOperation): OwnOperation {
  return { actor, operation, answer: null, isDismissed: false }
}

function answerOf(words: string): Answer {
  const [st, code = null, field = null, note = null] = words.replace(/^duplicate:/, '').split(':')
  return st === 'held' ? { st, code, field, note } : { st: 'applied', code: null, field, note }
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
