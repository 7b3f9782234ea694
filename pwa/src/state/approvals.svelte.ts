/** What waits for this person's decision, and the decisions. Works without a connection. */
import { decided, isDecidable } from '../core/capture'
import type { EntryView } from '../core/entry_view'
import { isJudgement } from '../core/operation'
import { announce } from '../store/announcements'
import { dismissOperation, entriesOfDays, entryOf, waitingEntries } from '../store/entries'
import { EXCHANGE, fetchFact } from '../store/meta'
import { askingOperations, lastAnswered } from '../store/operations'
import { follow, openedLocal, refreshAll, save, stamp, viewsOf, type Local } from './local.svelte'
import type { Reader } from '../core/entry_reading'
import type { StoredOperation } from '../store/schema'

export type { ExceptionReason } from '../core/entry_view'

const JUDGEMENTS_LOOKED_AT_MAX = 200

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

interface Inbox {
  readonly waiting: readonly EntryView[]
  readonly exceptions: readonly EntryView[]
  readonly clean: readonly EntryView[]
  readonly days: readonly PersonDay[]
  readonly peopleCount: number
  readonly changed: readonly ChangedMeanwhile[]
  readonly readAt: number | null
}

let shown = $state.raw<Inbox>({
  waiting: [],
  exceptions: [],
  clean: [],
  days: [],
  peopleCount: 0,
  changed: [],
  readAt: null,
})
let shownDay = $state.raw<PersonDay | null>(null)
let wantedDay: { readonly person: string; readonly date: string } | null = null

export const inbox = {
  /** All that waits, by day and person. */
  get entries(): readonly EntryView[] {
    return shown.waiting
  },
  /** To look at one by one. */
  get exceptions(): readonly EntryView[] {
    return shown.exceptions
  },
  /** What "Approve all clean" approves. */
  get clean(): readonly EntryView[] {
    return shown.clean
  },
  /** Days with what waits, those with exceptions first. */
  get days(): readonly PersonDay[] {
    return shown.days
  },
  get peopleCount(): number {
    return shown.peopleCount
  },
  get changedMeanwhile(): readonly ChangedMeanwhile[] {
    return shown.changed
  },
  /** When the list was last brought up to date with the server; null when never. */
  get readAt(): number | null {
    return shown.readAt
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
  // Not compared with what is shown: an effect that calls this would run again after each reading.
  if (wantedDay?.person !== person || wantedDay.date !== date) shownDay = null
  wantedDay = { person, date }
  await refreshAll()
}

/**
 * Approve entries exactly as they were seen: `views` are those that were on the screen. An entry that
 * cannot be approved (running, several values, one's own) is left out. Returns those that were
 * approved.
 */
export async function approve(views: readonly EntryView[]): Promise<readonly EntryView[]> {
  const at = stamp()
  const approvable = views.filter((view) => isDecidable(view) && !view.isOwn)
  await save(approvable.map((view) => decided(at, view, 'approve')))
  return approvable
}

/** Approve all entries of `inbox.clean` as they are shown now. */
export async function approveAllClean(): Promise<readonly EntryView[]> {
  return approve(inbox.clean)
}

/** Return an entry to its worker with a reason of 1 to 500 characters. */
export async function giveBack(view: EntryView, reason: string): Promise<void> {
  await save([decided(stamp(), view, 'reject', reason)])
}

/** Take approvals back that were just given; the server accepts it for ten minutes. */
export async function takeBack(views: readonly EntryView[]): Promise<void> {
  const { database } = openedLocal()
  const at = stamp()
  const acts = await Promise.all(
    views.map(async (view) => {
      const record = await entryOf(database, view.id)
      // A revoke names the approved content and must cover the approval itself.
      const reader = lastReader
      const now = record === null || reader === null ? undefined : viewsOf([record], reader)[0]
      if (now === undefined) return null
      const seen = { ...now.seen, digest: view.seen.digest }
      return decided(at, { ...now, seen }, 'revoke')
    }),
  )
  await save(acts)
}

/** Take an answer off the "changed meanwhile" list. */
export async function acknowledge(operationId: string): Promise<void> {
  const { database, device } = openedLocal()
  await dismissOperation(database, device.person.id, operationId)
  announce('changed')
  await refreshAll()
}

let lastReader: Reader | null = null

follow(async (local, reader) => {
  lastReader = reader
  await Promise.all([readInbox(local, reader), readDay(local, reader)])
})

async function readInbox(local: Local, reader: Reader): Promise<void> {
  const waiting = viewsOf(await waitingEntries(local.database), reader).filter((view) => view.waits)
  const { contactAt } = await fetchFact(local.database, EXCHANGE)
  shown = {
    waiting,
    exceptions: waiting.filter((view) => !isClean(view)),
    clean: waiting.filter(isClean),
    days: daysOf(waiting),
    peopleCount: new Set(waiting.map((view) => view.owner)).size,
    changed: await changedMeanwhile(local, reader),
    readAt: contactAt,
  }
}

async function readDay({ database }: Local, reader: Reader): Promise<void> {
  const wanted = wantedDay
  if (wanted === null) return
  const { person, date } = wanted
  const entries = viewsOf(await entriesOfDays(database, person, date, date), reader)
  const live = entries.filter((view) => !view.isDeleted)
  shownDay = dayOfPerson(person, reader.personName(person) ?? '', date, live)
}

/** Return the decisions that had no effect, or only on a version that is no longer the newest. */
async function changedMeanwhile(
  { database }: Local,
  reader: Reader,
): Promise<readonly ChangedMeanwhile[]> {
  const refused = await askingOperations(database)
  const answered = await lastAnswered(database, JUDGEMENTS_LOOKED_AT_MAX)
  const overtaken = answered.filter(
    ({ answer, isDismissed }) => answer?.note === 'superseded' && !isDismissed,
  )
  const found = await Promise.all(
    [...refused, ...overtaken].map(async (stored) => changedBy(stored, database, reader)),
  )
  return found.filter((one) => one !== null)
}

async function changedBy(
  { operation, answer }: StoredOperation,
  database: Local['database'],
  reader: Reader,
): Promise<ChangedMeanwhile | null> {
  const { by } = operation
  if (!isJudgement(by) || (by !== 'approve' && by !== 'reject' && by !== 'revoke')) return null
  const record = await entryOf(database, operation.e)
  return {
    operationId: operation.id,
    kind: by,
    note: answer?.note ?? answer?.code ?? 'internal',
    entry: record === null ? null : (viewsOf([record], reader)[0] ?? null),
  }
}

function daysOf(waiting: readonly EntryView[]): readonly PersonDay[] {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it ends with this call
  const groups = new Map<string, EntryView[]>()
  for (const view of waiting) {
    const key = `${view.workDate} ${view.owner}`
    groups.set(key, [...(groups.get(key) ?? []), view])
  }
  const days = [...groups.values()].flatMap((entries) => {
    const [first] = entries
    if (first === undefined) return []
    return [dayOfPerson(first.owner, first.ownerName, first.workDate, entries)]
  })
  return days.sort((one, other) => Number(one.isClean) - Number(other.isClean))
}

function dayOfPerson(
  person: string,
  name: string,
  date: string,
  entries: readonly EntryView[],
): PersonDay {
  return {
    person,
    name,
    date,
    entries,
    workedSeconds: entries.reduce((sum, view) => sum + view.workedSeconds, 0),
    isClean: entries.every(isClean),
  }
}

function isClean(view: EntryView): boolean {
  return view.exceptions.length === 0
}
