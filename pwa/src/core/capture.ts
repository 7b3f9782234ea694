/**
 * What people do with time, as operations: start, break, finish, change, remove, answer, decide.
 *
 * Each act is bound to the view that the person saw. The instant and the ids are taken once, by the
 * caller.
 */
import { canonical } from './canonical_json'
import { allocValue, intervalValue, timeValue, type Draft } from './draft'
import type { EntryView, Group, Seen } from './entry_view'
import { instantText } from './instant'
import { isObject, type JsonValue } from './json_value'
import type { Intent, OperationKind } from './operation'
import type { Break, Interval } from './time_entry'

/** The moment of an act, and new ids for it. */
export interface Stamp {
  /** Whole seconds since 1970. */
  readonly now: number
  /** Returns a new UUIDv7. */
  readonly newId: () => string
}

/** An act that is ready to be written. */
export interface Act {
  readonly intent: Intent
  readonly owner: string
  /** Whether it writes anew what was refused before. */
  readonly settles: boolean
}

/** What an entry is allocated to. */
export interface Allocation {
  readonly project: string | null
  readonly task: string | null
  readonly billable: boolean
}

type Values = Readonly<Record<string, JsonValue>>

/** Start an entry that runs from now on. */
export function started(stamp: Stamp, owner: string, allocation: Allocation, zone: string): Act {
  const time = intervalValue({ start: stamp.now, end: null, breaks: [] }, zone, 'timer')
  return created(stamp, owner, { time, alloc: allocated(allocation) })
}

/** Begin a break, or null when none can begin: nothing runs, or one is open. */
export function onBreak(stamp: Stamp, view: EntryView, paid: boolean): Act | null {
  const running = runningInterval(view)
  if (running === null || view.breakSince !== null) return null
  const start = Math.max(stamp.now, running.start)
  const part: Break = { start, end: null, seconds: null, paid }
  return withInterval(stamp, view, { ...running, breaks: [...running.breaks, part] })
}

/** End the open break, or null when there is none. */
export function offBreak(stamp: Stamp, view: EntryView): Act | null {
  const running = runningInterval(view)
  if (running === null || view.breakSince === null) return null
  return withInterval(stamp, view, { ...running, breaks: closed(running.breaks, stamp.now) })
}

/**
 * Finish a running entry at `at`, or null when it is not running. An open break ends with it; what
 * of a break lies behind `at` did not happen. `elapsed`: the seconds by another clock, if one tells.
 */
export function finished(
  stamp: Stamp,
  view: EntryView,
  at: number,
  elapsed: number | null = null,
): Act | null {
  const running = runningInterval(view)
  if (running === null) return null
  const end = Math.max(at, running.start)
  const breaks = closed(running.breaks, end)
    .filter((part) => part.start === null || part.start < end)
    .map((part) => (part.end === null ? part : { ...part, end: Math.min(part.end, end) }))
  return withInterval(stamp, view, { ...running, end, breaks }, elapsed)
}

/** Let an entry run again, or null when it is no finished interval. */
export function unfinished(stamp: Stamp, view: EntryView): Act | null {
  if (view.time.form !== 'interval' || view.time.end === null) return null
  return withInterval(stamp, view, { ...view.time, end: null })
}

/** Make the entry that a form means. */
export function added(stamp: Stamp, owner: string, draft: Draft, billable: boolean): Act {
  const note: Values = draft.note === '' ? {} : { note: draft.note }
  const time = timeValue(draft, 'manual')
  const alloc = allocated({ project: draft.project, task: draft.task, billable })
  return created(stamp, owner, { time, alloc, ...note })
}

/**
 * Write what a form has other than the entry that was seen; null when nothing differs. `answered` is
 * the group whose question the form answers, which is written in any case. A question that was not
 * asked stays open: what the form says of it is only what was shown until the answer.
 */
export function changed(
  stamp: Stamp,
  view: EntryView,
  draft: Draft,
  billable: boolean,
  answered: Group | null = null,
): Act | null {
  const time = timeValue(draft, 'manual')
  const isSameTime = canonical({ ...time, src: view.source }) === spelling(shownTime(view))
  const isSameProject =
    draft.project === (view.project?.id ?? null) && draft.task === (view.task?.id ?? null)
  const before = view.values['alloc']
  const alloc = allocValue(
    draft.project,
    draft.task,
    billable,
    isObject(before) ? before : undefined,
  )
  const values: Values = {
    ...(isSameTime && answered !== 'time' ? {} : { time }),
    ...(isSameProject && answered !== 'alloc' ? {} : { alloc }),
    ...(draft.note === view.note && answered !== 'note' ? {} : { note: draft.note }),
  }
  return rewritten(stamp, view, values)
}

export function removed(stamp: Stamp, view: EntryView, reason: string | null): Act {
  return act(stamp, view, 'delete', { life: { deleted: true, reason } })
}

export function restored(stamp: Stamp, view: EntryView): Act {
  return act(stamp, view, 'restore', { life: { deleted: false, reason: null } })
}

/** Say that the version with `dot` is right; null when the group has no such version. */
export function chosen(
  stamp: Stamp,
  view: EntryView,
  group: Group,
  value: JsonValue | undefined,
): Act | null {
  return value === undefined ? null : act(stamp, view, 'resolve', { [group]: value })
}

/** Keep the first time here and make an entry of its own for each other one. */
export function bothHappened(
  stamp: Stamp,
  view: EntryView,
  times: readonly JsonValue[],
): readonly Act[] {
  const [first, ...others] = times
  if (first === undefined) return []
  const kept = Object.fromEntries(
    Object.entries(view.values).filter(([group]) => group !== 'time' && group !== 'life'),
  )
  return [
    act(stamp, view, 'resolve', { time: first }),
    ...others.map((time) => created(stamp, view.owner, { ...kept, time })),
  ]
}

/** Return whether a decision can be bound to what was seen. */
export function isDecidable(view: EntryView): boolean {
  return view.seen.digest !== null && !view.isRunning && !view.isDeleted && !view.isDeletionWished
}

/** Judge or submit exactly what was seen; null when it cannot be bound to one content. */
export function decided(
  stamp: Stamp,
  view: EntryView,
  kind: OperationKind,
  reason: string | null = null,
): Act | null {
  const { digest } = view.seen
  if (digest === null) return null
  const values: Values = reason === null ? {} : { reason }
  return act(stamp, view, kind, values, digest)
}

function created(stamp: Stamp, owner: string, values: Values): Act {
  const seen: Seen = { entry: `te:${stamp.newId()}`, context: {}, digest: null }
  return { intent: intentOf(stamp, seen, 'new', values, null), owner, settles: false }
}

/**
 * Write values; with refused operations also what they said, because the server dropped it. An entry
 * that the server refused whole is made anew under its id.
 */
function rewritten(stamp: Stamp, view: EntryView, values: Values): Act | null {
  const refused = view.held.length > 0 ? view.values : {}
  const all: Values = { ...refused, ...values }
  if (Object.keys(all).length === 0) return null
  const isResolving = Object.keys(values).some((group) =>
    view.conflicts.some((conflict) => conflict.group === group),
  )
  if (!view.isAccepted) return act(stamp, view, 'new', all)
  return act(stamp, view, isResolving ? 'resolve' : 'edit', all)
}

function act(
  stamp: Stamp,
  view: EntryView,
  kind: OperationKind,
  values: Values,
  digest: string | null = null,
): Act {
  const intent = intentOf(stamp, view.seen, kind, values, digest)
  return { intent, owner: view.owner, settles: true }
}

function intentOf(
  stamp: Stamp,
  seen: Seen,
  kind: OperationKind,
  values: Values,
  digest: string | null,
): Intent {
  return {
    id: stamp.newId(),
    entry: seen.entry,
    kind,
    context: seen.context,
    values,
    digest,
    writtenAt: instantText(stamp.now),
  }
}

function withInterval(
  stamp: Stamp,
  view: EntryView,
  interval: {
    readonly start: number
    readonly end: number | null
    readonly breaks: readonly Break[]
  },
  elapsed: number | null = null,
): Act | null {
  const time = intervalValue(interval, view.zone, view.source, elapsed)
  return rewritten(stamp, view, { time })
}

function runningInterval(view: EntryView): Interval | null {
  return view.time.form === 'interval' && view.time.end === null ? view.time : null
}

function closed(breaks: readonly Break[], at: number): readonly Break[] {
  return breaks.map((part) =>
    part.start !== null && part.end === null ? { ...part, end: Math.max(at, part.start) } : part,
  )
}

function allocated({ project, task, billable }: Allocation): JsonValue {
  return allocValue(project, task, billable)
}

/** The shown time as the form would write it, so that only what a person changed differs. */
function shownTime(view: EntryView): JsonValue {
  if (view.time.form === 'interval') return intervalValue(view.time, view.zone, view.source)
  const { date, seconds } = view.time
  return { date, seconds, tz: view.zone, src: view.source }
}

function spelling(value: JsonValue): string {
  return canonical(value)
}
