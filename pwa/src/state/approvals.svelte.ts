/** What waits for this person's decision, and the decisions. Works without a connection. */
import type { EntryView } from '../core/entry_view'

export type { ExceptionReason } from '../core/entry_view'

/** One person's waiting time of one day. */
export interface PersonDay {
  readonly person: string
  readonly name: string
  readonly date: string
  readonly entries: readonly EntryView[]
  readonly workedSeconds: number
  readonly isClean: boolean
}

/** A decision that no longer fits what the entry says. */
export interface ChangedMeanwhile {
  readonly operationId: string
  readonly kind: 'approve' | 'reject' | 'revoke'
  /** Why: `superseded`, `digest_mismatch`, `multi_valued`, `not_authorised`, `running`, `deleted`, ... */
  readonly note: string
  /** The entry as it is now; null when it is no longer here. */
  readonly entry: EntryView | null
}

let waiting = $state.raw<readonly EntryView[]>([])
let shownDay = $state.raw<PersonDay | null>(null)
let changed = $state.raw<readonly ChangedMeanwhile[]>([])
let readAt = $state.raw<number | null>(null)

export const inbox = {
  /** All that waits, by person and day. */
  get entries(): readonly EntryView[] {
    return waiting
  },
  /** To look at one by one. */
  get exceptions(): readonly EntryView[] {
    return waiting.filter((view) => view.exceptions.length > 0)
  },
  /** What "Approve all clean" approves. */
  get clean(): readonly EntryView[] {
    return waiting.filter((view) => view.exceptions.length === 0)
  },
  /** Days with what waits, those with exceptions first. */
  get days(): readonly PersonDay[] {
    return []
  },
  get peopleCount(): number {
    return new Set(waiting.map((view) => view.owner)).size
  },
  get changedMeanwhile(): readonly ChangedMeanwhile[] {
    return changed
  },
  /** When the list was last brought up to date with the server; null when never. */
  get readAt(): number | null {
    return readAt
  },
}

export const personDay = {
  /** The day last asked for by `showPersonDay`, with all its entries, decided ones too. */
  get current(): PersonDay | null {
    return shownDay
  },
}

/** Read one person's day into `personDay.current`. */
export async function showPersonDay(person: string, date: string): Promise<void> {
  await Promise.resolve([person, date])
}

/**
 * Approve entries exactly as they were seen: `views` are those that were on the screen. An entry that
 * cannot be approved (running, several values) is left out. Returns those that were approved.
 */
export async function approve(views: readonly EntryView[]): Promise<readonly EntryView[]> {
  await Promise.resolve(views)
  return []
}

/** Approve all entries of `inbox.clean` as they are shown now. */
export async function approveAllClean(): Promise<readonly EntryView[]> {
  return approve(inbox.clean)
}

/** Return an entry to its worker with a reason of 1 to 500 characters. */
export async function giveBack(view: EntryView, reason: string): Promise<void> {
  await Promise.resolve([view, reason])
}

/** Take approvals back that were just given; the server accepts it for ten minutes. */
export async function takeBack(views: readonly EntryView[]): Promise<void> {
  await Promise.resolve(views)
}

/** Take an answer off the "changed meanwhile" list. */
export async function acknowledge(operationId: string): Promise<void> {
  await Promise.resolve(operationId)
}
