/** From what this phone knows of an entry to what a screen shows. */
import {
  heldOperations,
  isOnPhone,
  keysOf,
  openJudgement,
  overlaid,
  timesOf,
  type EntryRecord,
  type Overlay,
  type Provenance,
} from './entry_record'
import type {
  Author,
  Conflict,
  EntryView,
  ExceptionReason,
  Flag,
  Group,
  NamedRef,
  Returned,
  RowState,
  Version,
} from './entry_view'
import { instantOf } from './instant'
import { isObject, type JsonObject, type JsonValue } from './json_value'
import { digestOfCells, distinctValues, type Cells, type LiveValue } from './merge'
import {
  clockFlags,
  isRunning,
  openBreakStart,
  ownFlags,
  readTime,
  workedSeconds,
  type TimeValue,
} from './time_entry'
import type { Dot } from './vector_clock'

const CLEAN_SECONDS_MAX = 12 * 3600
const SKEW_SECONDS_MAX = 120
const GROUPS: readonly Group[] = ['time', 'alloc', 'note', 'life']
const ROW_FLAGS = ['overlap', 'double_stop', 'forced'] as const

/** What a view depends on besides the record. */
export interface Reader {
  /** The person who looks. */
  readonly self: string
  /** The names that this phone has and had, each with the last number it wrote under it. */
  readonly ownLasts: ReadonlyMap<string, number>
  /** The phone's clock, in seconds since 1970. */
  readonly now: number
  /** How far the phone's clock is ahead of the server's, as last measured. */
  readonly skewSeconds: number
  readonly personName: (id: string) => string | null
  readonly projectName: (id: string) => string | null
  readonly taskName: (id: string) => string | null
}

/** Return the view of a record, or null when it has no time to show. */
export function viewOf(record: EntryRecord, reader: Reader): EntryView | null {
  const overlay = overlaid(record)
  const times = timesOf(overlay.cells)
  const shown = times[0]?.value
  const keys = keysOf(record, reader.self)
  if (shown === undefined || keys === null) return null
  const isOwn = record.owner === reader.self
  const alloc = firstObject(overlay.cells, 'alloc')
  const project = named(alloc['project'], reader.projectName)
  const worked = times.map(({ value }) => workedSeconds(value.time))
  const flags = flagsOf(record, overlay, shown, reader)
  const seconds = worked[0] ?? 0
  return {
    id: record.id,
    owner: record.owner,
    ownerName: reader.personName(record.owner) ?? '',
    isOwn,
    workDate: keys.day,
    zone: shown.zone,
    time: shown.time,
    workedSeconds: seconds,
    range: times.length > 1 ? { least: Math.min(...worked), most: Math.max(...worked) } : null,
    isRunning: isRunning(shown.time),
    breakSince: openBreakStart(shown.time),
    project,
    task: named(alloc['task'], reader.taskName),
    note: noteOf(overlay),
    source: shown.source,
    state: stateOf(record, keys.asks),
    isDeleted: overlay.isDeleted,
    isDeletionWished: overlay.isDeletionWished,
    flags,
    conflicts: conflictsOf(record, overlay, reader),
    held: heldOperations(record).map(({ operation, answer }) => ({
      id: operation.id,
      code: answer?.code ?? 'internal',
      field: answer?.field ?? null,
      note: answer?.note ?? null,
    })),
    isAccepted: record.row !== null || record.own.some(({ answer }) => answer?.st !== 'held'),
    returned: returnedOf(record),
    approved: approvedOf(record),
    hasAmendment: record.row?.status === 'approved+amendment',
    isSubmitted: isSubmitted(record),
    waits: keys.waits,
    exceptions: exceptionsOf(record, flags, project, seconds),
    seen: { entry: record.id, context: overlay.context, digest: digestOfCells(overlay.cells) },
    values: Object.fromEntries(
      GROUPS.flatMap((group) => {
        const value = firstValue(overlay.cells, group)
        return value === undefined ? [] : [[group, value] as const]
      }),
    ),
  }
}

function stateOf(record: EntryRecord, asks: boolean): RowState {
  if (heldOperations(record).length > 0) return 'needs_you'
  if (isOnPhone(record)) return 'on_this_phone'
  const judgement = openJudgement(record)?.operation.by
  if (judgement === 'approve') return 'approved'
  if (judgement === 'reject') return 'sent_back'
  const { row } = record
  if (row?.status === 'rejected') return asks || record.own.length === 0 ? 'sent_back' : 'sent'
  if (asks) return 'needs_you'
  if (row?.status !== 'approved' || row.approved === null) return 'sent'
  return row.posted === row.approved.dg ? 'booked' : 'approved'
}

function noteOf(overlay: Overlay): string {
  const note = firstValue(overlay.cells, 'note')
  return typeof note === 'string' ? note : ''
}

function flagsOf(
  record: EntryRecord,
  overlay: Overlay,
  shown: TimeValue,
  reader: Reader,
): readonly Flag[] {
  const conflicts = GROUPS.filter((group) => overlay.conflicts.includes(group))
  const own = timesOf(overlay.cells).flatMap(({ value }) => ownFlags(value))
  const isWrittenHere = record.own.length > 0
  return [
    ...conflicts.map((group): Flag => `conflict:${group}`),
    ...(overlay.isDisputedDeletion ? (['delete_vs_edit'] as const) : []),
    ...ROW_FLAGS.filter((flag) => record.row?.flags.includes(flag)),
    ...new Set(own),
    ...clockFlags(shown.time, reader.now - reader.skewSeconds),
    ...(isWrittenHere && Math.abs(reader.skewSeconds) > SKEW_SECONDS_MAX
      ? (['clock_skew'] as const)
      : []),
  ]
}

/** Return what an approver has to look at: an entry without any is clean. */
function exceptionsOf(
  record: EntryRecord,
  flags: readonly Flag[],
  project: NamedRef | null,
  seconds: number,
): readonly ExceptionReason[] {
  const status = record.row?.status
  return [
    ...flags,
    ...(project === null ? (['no_project'] as const) : []),
    ...(seconds > CLEAN_SECONDS_MAX ? (['over_12_hours'] as const) : []),
    ...(status === 'approved+amendment' ? (['changed_after_approval'] as const) : []),
    ...(status === 'approval_conflict' || status === 'decision_conflict'
      ? (['disputed'] as const)
      : []),
  ]
}

function conflictsOf(record: EntryRecord, overlay: Overlay, reader: Reader): readonly Conflict[] {
  return GROUPS.flatMap((group) => {
    const isOpen =
      overlay.conflicts.includes(group) || (group === 'life' && overlay.isDisputedDeletion)
    if (!isOpen) return []
    const live = group === 'time' ? timesOf(overlay.cells).map(asLive) : distinct(overlay, group)
    return [{ group, versions: live.map((value) => versionOf(record, group, value, reader)) }]
  })
}

function versionOf(
  record: EntryRecord,
  group: Group,
  { dot, value }: LiveValue,
  reader: Reader,
): Version {
  const time = group === 'time' ? (readTime(value)?.time ?? null) : null
  const known = record.provenance.find((one) => one.dot[0] === dot[0] && one.dot[1] === dot[1])
  const own = record.own.find((one) => one.actor === dot[0] && one.operation.q === dot[1])
  const fields = isObject(value) ? value : {}
  return {
    dot,
    value,
    author: authorOf(record, dot, known, reader),
    writtenAt: instantOf(own?.operation.w ?? known?.writtenAt ?? ''),
    workedSeconds: time === null ? null : workedSeconds(time),
    time,
    project: group === 'alloc' ? named(fields['project'], reader.projectName) : null,
    note: group === 'note' && typeof value === 'string' ? value : null,
    deleted: group === 'life' ? fields['deleted'] === true : null,
  }
}

function authorOf(
  record: EntryRecord,
  dot: Dot,
  known: Provenance | undefined,
  reader: Reader,
): Author {
  if ((reader.ownLasts.get(dot[0]) ?? 0) >= dot[1]) return { kind: 'this_phone' }
  if (known === undefined || known.person === null) {
    return record.owner === reader.self && known !== undefined
      ? { kind: 'own_device', label: known.label }
      : { kind: 'unknown' }
  }
  if (known.person === reader.self) return { kind: 'own_device', label: known.label }
  const name = known.name ?? reader.personName(known.person)
  return name === null ? { kind: 'unknown' } : { kind: 'person', name }
}

function returnedOf(record: EntryRecord): Returned | null {
  if (record.row?.status !== 'rejected') return null
  const rejects = record.provenance.filter((one) => one.kind === 'reject')
  const last = rejects.at(-1)
  return {
    by: last?.name ?? null,
    reason: last?.reason ?? null,
    at: instantOf(last?.writtenAt ?? ''),
  }
}

function approvedOf(record: EntryRecord): EntryView['approved'] {
  const approved = record.row?.approved
  if (approved === undefined || approved === null) return null
  const time = readTime(approved.v['time'])?.time ?? null
  return {
    by: approved.who,
    at: instantOf(approved.at),
    time,
    workedSeconds: time === null ? 0 : workedSeconds(time),
  }
}

function isSubmitted(record: EntryRecord): boolean {
  const last = record.own.filter(({ operation }) => !isHeld(record, operation.id)).at(-1)
  if (last !== undefined) return last.operation.by === 'submit'
  return record.row !== null && record.row.status !== 'draft' && record.row.status !== 'rejected'
}

function isHeld(record: EntryRecord, operationId: string): boolean {
  return heldOperations(record).some((own) => own.operation.id === operationId)
}

function distinct(overlay: Overlay, group: Group): readonly LiveValue[] {
  return distinctValues(overlay.cells, group)
}

function asLive(one: { readonly dot: Dot; readonly raw: JsonValue }): LiveValue {
  return { dot: one.dot, value: one.raw }
}

/** The value shown: of several times the longest, of other groups the one with the smallest dot. */
function firstValue(cells: Cells, group: Group): JsonValue | undefined {
  if (group === 'time') return timesOf(cells)[0]?.raw
  return cells[group]?.[0]?.value
}

function firstObject(cells: Cells, group: Group): JsonObject {
  const value = firstValue(cells, group)
  return isObject(value) ? value : {}
}

function named(id: JsonValue | undefined, nameOf: (id: string) => string | null): NamedRef | null {
  return typeof id === 'string' ? { id, name: nameOf(id) ?? id } : null
}
