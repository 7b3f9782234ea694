/**
 * What this phone knows of one time entry: the server's row, and this phone's own operations that the
 * row does not contain yet. What people see is the row with these laid over it, each with the context
 * it was written with, so a row that changed meanwhile shows a conflict and never loses a side.
 */
import { withSealed } from './clock_seal'
import { anchorOf } from './hash_chain'
import type { JsonValue } from './json_value'
import {
  applied,
  conflictingGroups,
  deleteCounts,
  hasDeletion,
  isSameDot,
  type Cells,
  type Change,
  type LiveValue,
} from './merge'
import {
  clockBeside,
  clockOf,
  isDecision,
  isJudgement,
  valuesOf,
  type WireContext,
  type WireOperation,
} from './operation'
import { isRunning, readTime, workDate, workedSeconds, type TimeValue } from './time_entry'
import { dotOrder, type Dot, type VectorClock } from './vector_clock'

export type Status =
  | 'draft'
  | 'submitted'
  | 'approved'
  | 'approved+amendment'
  | 'rejected'
  | 'approval_conflict'
  | 'decision_conflict'

/** A version that is approved: what the approver saw. */
export interface ApprovedVersion {
  readonly dg: string
  readonly v: Readonly<Record<string, JsonValue>>
  readonly who: string
  readonly at: string
}

/** An entry as the server sends it. */
export interface EntryRow {
  readonly id: string
  readonly rev: number
  readonly owner: string
  readonly d: Dot
  readonly dots: Readonly<Record<string, readonly Dot[]>>
  readonly vv: WireContext
  readonly v: Readonly<Record<string, readonly JsonValue[]>>
  readonly status: Status
  readonly flags: readonly string[]
  readonly approved: ApprovedVersion | null
  readonly posted: string | null
}

/** What the server answered for one operation. */
export interface Answer {
  readonly st: 'applied' | 'amendment' | 'late' | 'held'
  readonly code: string | null
  readonly field: string | null
  readonly note: string | null
}

/** An operation of this phone. `answer` null: the server has not answered for it. */
export interface OwnOperation {
  readonly actor: string
  readonly operation: WireOperation
  readonly answer: Answer | null
  /** Whether the person took a held operation back, or wrote anew what it said. */
  readonly isDismissed: boolean
  /** Groups of a held operation that a later accepted one wrote anew: those are settled. */
  readonly rewritten?: readonly string[]
}

/** What an operation's author and time are, as the entry's history told it. */
export interface Provenance {
  readonly dot: Dot
  readonly person: string | null
  readonly name: string | null
  readonly label: string | null
  readonly writtenAt: string | null
  readonly reason: string | null
  readonly kind: string | null
}

export interface EntryRecord {
  readonly id: string
  readonly owner: string
  readonly row: EntryRow | null
  /** In the order in which they were written, also across branches of the chain. */
  readonly own: readonly OwnOperation[]
  /** Of the revision `provenanceRev`; read when the row raised a question. */
  readonly provenance: readonly Provenance[]
  readonly provenanceRev: number
}

const APPROVED_ONCE: ReadonlySet<Status> = new Set([
  'approved',
  'approved+amendment',
  'approval_conflict',
  'decision_conflict',
])

/** The record as a person sees it: the row with this phone's own operations laid over it. */
export interface Overlay {
  readonly cells: Cells
  readonly context: WireContext
  readonly isDeleted: boolean
  /** What was approved is deleted only when somebody who decides about it agrees. */
  readonly isDeletionWished: boolean
  /** A deletion stands against an edit that its author had not seen. */
  readonly isDisputedDeletion: boolean
  readonly conflicts: readonly string[]
}

/** What indexes of the local database are made of. */
export interface EntryKeys {
  readonly day: string
  readonly isRunning: boolean
  /** Own entries: something needs this person. */
  readonly asks: boolean
  /** Others' entries: waits for a decision. */
  readonly waits: boolean
}

/** Return the row's cells: for each group the live values with their dots. */
export function cellsOfRow(row: EntryRow): Cells {
  const cells: Record<string, readonly LiveValue[]> = {}
  for (const [group, values] of Object.entries(row.v)) {
    const dots = row.dots[group] ?? [row.d]
    cells[group] = values.map((value, at) => ({ dot: dots[at] ?? row.d, value }))
  }
  return cells
}

/** Return the record's overlay. */
export function overlaid(record: EntryRecord): Overlay {
  let cells: Cells = record.row === null ? {} : cellsOfRow(record.row)
  const context = knownOf(record)
  const laidOver: Change[] = []
  for (const own of record.own) {
    if (!isLaidOver(record, own)) continue
    const { operation } = own
    const change: Change = {
      dot: [own.actor, operation.q],
      values: standingValues(own),
      context: withSealed(clockBeside(operation.c, context), operation.c, record.row, cells),
    }
    cells = applied(cells, change)
    laidOver.push(change)
  }
  const contextOf = (dot: Dot): VectorClock =>
    laidOver.find((change) => isSameDot(change.dot, dot))?.context ?? clockOf(deletionSeen(record))
  const isVoid = deleteCounts(cells, contextOf)
  const isDeletionWished = isVoid && APPROVED_ONCE.has(record.row?.status ?? 'draft')
  return {
    cells,
    context,
    isDeleted: isVoid && !isDeletionWished,
    isDeletionWished,
    isDisputedDeletion: hasDeletion(cells) && !isVoid,
    conflicts: conflictingGroups(cells),
  }
}

/** Return the values of a group that differ, as times; the longest first, ties by dot. */
export function timesOf(
  cells: Cells,
): readonly { readonly dot: Dot; readonly value: TimeValue; readonly raw: JsonValue }[] {
  const seen = new Set<string>()
  return (cells['time'] ?? [])
    .flatMap(({ dot, value }) => {
      const time = readTime(value)
      const spelling = JSON.stringify(time)
      if (time === null || seen.has(spelling)) return []
      seen.add(spelling)
      return [{ dot, value: time, raw: value }]
    })
    .sort(
      (one, other) =>
        workedSeconds(other.value.time) - workedSeconds(one.value.time) ||
        dotOrder(one.dot, other.dot),
    )
}

/** Return the operations that the server keeps but did not accept, and that still matter. */
export function heldOperations(record: EntryRecord): readonly OwnOperation[] {
  return record.own.filter((own) => isRefused(own) && !own.isDismissed)
}

/** Return whether the server has no answer yet for an operation on this entry. */
export function isOnPhone(record: EntryRecord): boolean {
  return record.own.some((own) => own.answer === null)
}

/** Return the newest own decision of an approver that the row does not contain yet. */
export function openJudgement(record: EntryRecord): OwnOperation | null {
  const judgements = record.own.filter(
    (own) => isJudgement(own.operation.by) && own.answer?.st !== 'held' && !isInRow(record, own),
  )
  return judgements.at(-1) ?? null
}

/** Return the keys under which the record is found; null when it has no time to show. */
export function keysOf(record: EntryRecord, self: string): EntryKeys | null {
  const overlay = overlaid(record)
  const shown = timesOf(overlay.cells)[0]?.value
  if (shown === undefined) return null
  const isOwn = record.owner === self
  const held = heldOperations(record).filter((own) => !isJudgement(own.operation.by))
  const isReturned = record.row?.status === 'rejected' && !answersReturn(record)
  const isDisputed = overlay.conflicts.length > 0 || overlay.isDisputedDeletion
  const running = timesOf(overlay.cells).some(({ value }) => isRunning(value.time))
  return {
    day: workDate(shown),
    isRunning: running && !overlay.isDeleted,
    asks: isOwn && (held.length > 0 || (!overlay.isDeleted && (isReturned || isDisputed))),
    waits: !isOwn && !running && !overlay.isDeleted && awaitsDecision(record),
  }
}

/** Return the record after the server's row, without the operations that the row contains. */
export function withRow(record: EntryRecord, row: EntryRow): EntryRecord {
  return trimmed({ ...record, owner: row.owner, row })
}

/** Return the record without the operations that need not be remembered here any more. */
export function trimmed(record: EntryRecord): EntryRecord {
  const marked = record.own.map((one) => (isRefused(one) ? withRewritten(record, one) : one))
  const own = marked.filter((one) =>
    isRefused(one)
      ? !one.isDismissed && !isSettled(record, one)
      : one.answer === null || !isInRow(record, one),
  )
  return { ...record, own }
}

/** Return a record of which nothing is known yet. */
export function emptyRecord(id: string, owner: string): EntryRecord {
  return { id, owner, row: null, own: [], provenance: [], provenanceRev: 0 }
}

/** The newest operation of each actor that the record knows: the row's, and this phone's own. */
function knownOf(record: EntryRecord): WireContext {
  const known: Record<string, readonly [number, string]> = { ...record.row?.vv }
  for (const { actor, operation } of record.own) {
    if (operation.q > (known[actor]?.[0] ?? 0)) {
      known[actor] = [operation.q, anchorOf(operation.h)]
    }
  }
  return known
}

/** What the author of a deletion in the row had seen: all of it, unless the server disputes it. */
function deletionSeen(record: EntryRecord): WireContext {
  const { row } = record
  return row === null || row.flags.includes('delete_vs_edit') ? {} : row.vv
}

/** Whether the person answered a returned entry since: changed it, or submitted it again. */
function answersReturn(record: EntryRecord): boolean {
  return record.own.some((own) => !isJudgement(own.operation.by) && !isInRow(record, own))
}

function awaitsDecision(record: EntryRecord): boolean {
  const { row } = record
  if (row === null || openJudgement(record) !== null) return false
  return row.status !== 'approved' && row.status !== 'rejected'
}

function isInRow(record: EntryRecord, own: OwnOperation): boolean {
  return (record.row?.vv[own.actor]?.[0] ?? 0) >= own.operation.q
}

function isLaidOver(record: EntryRecord, own: OwnOperation): boolean {
  if (isDecision(own.operation.by) || own.isDismissed) return false
  return own.answer?.st === 'held' || !isInRow(record, own)
}

/** Whether the server holds it for a reason that a person has to mend. */
function isRefused({ answer }: OwnOperation): boolean {
  return answer?.st === 'held' && answer.code !== 'causal_gap'
}

/** The values of an operation that no later accepted one of this phone wrote anew. */
function standingValues({ operation, rewritten = [] }: OwnOperation): Change['values'] {
  const values = Object.entries(valuesOf(operation))
  return Object.fromEntries(values.filter(([group]) => !rewritten.includes(group)))
}

/** Notes it while the later operation is still here: the row that brings it tells it no more. */
function withRewritten(record: EntryRecord, held: OwnOperation): OwnOperation {
  const later = acceptedAfter(record, held).flatMap(({ operation }) =>
    Object.keys(operation.s ?? {}),
  )
  if (later.length === 0) return held
  const groups = Object.keys(held.operation.s ?? {})
  const rewritten = [...(held.rewritten ?? []), ...later].filter((group) => groups.includes(group))
  return { ...held, rewritten: [...new Set(rewritten)].sort() }
}

function isSettled(record: EntryRecord, held: OwnOperation): boolean {
  if (isDecision(held.operation.by)) return acceptedAfter(record, held).length > 0
  return Object.keys(standingValues(held)).length === 0
}

/** The later own operations that have an effect: the server said so, or its row shows it. */
function acceptedAfter(record: EntryRecord, held: OwnOperation): readonly OwnOperation[] {
  const after = record.own.findIndex(({ operation }) => operation.id === held.operation.id) + 1
  return record.own.slice(after).filter((own) => {
    const isTaken = own.answer !== null && own.answer.st !== 'held'
    return (
      !isRefused(own) &&
      (isTaken || isInRow(record, own)) &&
      isDecision(own.operation.by) === isDecision(held.operation.by)
    )
  })
}
