/** A time entry as screens show it, whoever it belongs to and wherever its parts are. */
import type { JsonValue } from './json_value'
import type { WorkTime } from './time_entry'

/** Where an entry is, in the six words that every screen uses. */
export type RowState = 'on_this_phone' | 'sent' | 'approved' | 'sent_back' | 'needs_you' | 'booked'

export type Group = 'time' | 'alloc' | 'note' | 'life'

/** What is odd about an entry; the last three are computed on the phone and in no row. */
export type Flag =
  | `conflict:${Group}`
  | 'delete_vs_edit'
  | 'overlap'
  | 'double_stop'
  | 'long'
  | 'clock_check'
  | 'forced'
  | 'future'
  | 'open_timer'
  | 'clock_skew'

/** What the approver has to look at before approving. */
export type ExceptionReason =
  Flag | 'no_project' | 'over_12_hours' | 'changed_after_approval' | 'disputed'

/** What an edit or a decision is bound to: what its author saw. Screens hand it back as it is. */
export interface Seen {
  readonly entry: string
  /** The entry's clock as it was shown, in the form of the wire. */
  readonly context: Readonly<Record<string, readonly [sequenceNumber: number, anchor: string]>>
  /** The digest of what was shown; null while there are several values. */
  readonly digest: string | null
}

export interface NamedRef {
  readonly id: string
  /** The id itself while the name is not known here. */
  readonly name: string
}

/** Whose hand a value is from. */
export type Author =
  | { readonly kind: 'this_phone' }
  | { readonly kind: 'own_device'; readonly label: string | null }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'unknown' }

/** One of several values that did not know each other. */
export interface Version {
  /** Names the version when it is chosen. */
  readonly dot: readonly [actor: string, sequenceNumber: number]
  /** As it is written. */
  readonly value: JsonValue
  readonly author: Author
  /** When it was written, by its author's clock; null while not known here. */
  readonly writtenAt: number | null
  /** What it means in hours; null when the group is not `time`. */
  readonly workedSeconds: number | null
  readonly time: WorkTime | null
  readonly project: NamedRef | null
  readonly note: string | null
  readonly deleted: boolean | null
}

export interface Conflict {
  readonly group: Group
  /** At least two; of `time`, the one with most worked time is first. */
  readonly versions: readonly Version[]
}

/** An approver's answer to the worker. */
export interface Returned {
  readonly by: string | null
  readonly reason: string | null
  readonly at: number | null
}

/** An operation that the server keeps but did not accept. */
export interface HeldOperation {
  readonly id: string
  readonly code: string
  readonly field: string | null
  readonly note: string | null
}

export interface Span {
  readonly least: number
  readonly most: number
}

export interface EntryView {
  readonly id: string
  readonly owner: string
  readonly ownerName: string
  readonly isOwn: boolean
  /** The day on which the work began, in the entry's own zone. */
  readonly workDate: string
  readonly zone: string
  /** The value shown; while versions differ, the one with most worked time. */
  readonly time: WorkTime
  /** Of `time`: 0 while running, see `workedSecondsAt` for the length so far. */
  readonly workedSeconds: number
  /** What the versions mean in seconds when they differ; null when there is one. */
  readonly range: Span | null
  readonly isRunning: boolean
  /** When the open break began; null when not on a break. */
  readonly breakSince: number | null
  /** Null: not assigned yet. */
  readonly project: NamedRef | null
  readonly task: NamedRef | null
  readonly note: string
  readonly source: string
  readonly state: RowState
  readonly isDeleted: boolean
  readonly isDeletionWished: boolean
  readonly flags: readonly Flag[]
  readonly conflicts: readonly Conflict[]
  readonly held: readonly HeldOperation[]
  /** Whether the server has the entry, or may have it; false when it refused all of it. */
  readonly isAccepted: boolean
  readonly returned: Returned | null
  /** The version that is approved and payable, which an open amendment does not change. */
  readonly approved: {
    readonly by: string
    readonly at: number | null
    readonly time: WorkTime | null
    readonly workedSeconds: number
  } | null
  readonly hasAmendment: boolean
  /** Whether the worker has said that the entry is complete. */
  readonly isSubmitted: boolean
  /** Whether it waits for its approver, which this person may be. */
  readonly waits: boolean
  /** What to look at before approving; none makes it clean. */
  readonly exceptions: readonly ExceptionReason[]
  readonly seen: Seen
  /** The values as they are written, to start an edit from. */
  readonly values: Readonly<Record<string, JsonValue>>
}
