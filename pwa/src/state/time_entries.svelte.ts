/**
 * The person's own time: today, a week, one entry, and every way to write.
 *
 * Each write resolves after the local transaction is complete: then, and only then, it is saved on
 * this phone. It rejects with StorageFailed when the phone did not let it.
 */
import {
  added,
  changed,
  decided,
  finished,
  isDecidable,
  offBreak,
  onBreak,
  removed,
  restored,
  started,
  unfinished,
} from '../core/capture'
import type { Draft } from '../core/draft'
import type { Reader } from '../core/entry_reading'
import type { EntryView, Span } from '../core/entry_view'
import { dayAfter, dayOf, mondayOf } from '../core/instant'
import { entriesOfDays, entryOf, runningEntries } from '../store/entries'
import {
  follow,
  isBillable,
  openedLocal,
  phoneZone,
  refreshAll,
  rememberProject,
  save,
  stamp,
  viewsOf,
  type Local,
} from './local.svelte'

import { clocksNow, elapsedOf, markStart } from './stopwatch'

export { faultOf, secondsOfDraft, timeOfDraft, type Draft, type DraftFault } from '../core/draft'
export type { EntryView, Span } from '../core/entry_view'
export { StorageFailed } from '../store/database'

export interface Day {
  readonly date: string
  /** In order of their start. */
  readonly entries: readonly EntryView[]
  /** Worked time of the day; `least` and `most` differ while a conflict is open. Running time is not in it. */
  readonly worked: Span
}

export interface Week {
  readonly monday: string
  /** Monday to Sunday. */
  readonly days: readonly Day[]
  readonly worked: Span
  /** Whether every entry that can be submitted is. */
  readonly isComplete: boolean
}

interface Today {
  readonly date: string
  readonly entries: readonly EntryView[]
  readonly running: EntryView | null
  readonly worked: Span
  readonly weekWorked: Span
}

const NOTHING: Span = { least: 0, most: 0 }
const WEEK_DAYS = 7

let shownToday = $state.raw<Today>({
  date: dayOf(Date.now() / 1000, phoneZone()),
  entries: [],
  running: null,
  worked: NOTHING,
  weekWorked: NOTHING,
})
let shownWeek = $state.raw<Week | null>(null)
let shownEntry = $state.raw<EntryView | null>(null)
let wantedMonday: string | null = null
let wantedEntry: string | null = null

export const today = {
  /** `YYYY-MM-DD` in the phone's zone. */
  get date(): string {
    return shownToday.date
  },
  /** IANA zone of this phone. */
  get zone(): string {
    return phoneZone()
  },
  /** In order of their start; also what is still running since an earlier day. */
  get entries(): readonly EntryView[] {
    return shownToday.entries
  },
  /** The newest running entry, or null. */
  get running(): EntryView | null {
    return shownToday.running
  },
  /** Without what is running. */
  get worked(): Span {
    return shownToday.worked
  },
  /** This week, without what is running. */
  get weekWorked(): Span {
    return shownToday.weekWorked
  },
}

export const week = {
  /** The week last asked for by `showWeek`, kept up to date; null before. */
  get current(): Week | null {
    return shownWeek
  },
}

export const entry = {
  /** The entry last asked for by `showEntry`, kept up to date; null when there is none. */
  get current(): EntryView | null {
    return shownEntry
  },
}

/** Read a week into `week.current`; `monday` null is this week. */
export async function showWeek(monday: string | null): Promise<void> {
  wantedMonday = mondayOf(monday ?? dayOf(Date.now() / 1000, phoneZone()))
  await refreshAll()
}

/** Read an entry into `entry.current`. */
export async function showEntry(id: string): Promise<void> {
  // Not compared with what is shown: an effect that calls this would run again after each reading.
  if (wantedEntry !== id) shownEntry = null
  wantedEntry = id
  await refreshAll()
}

/** Start the clock; null: the project is picked later. Finishes what is running. */
export async function start(project: string | null, task: string | null = null): Promise<void> {
  // Moment and zone are those of the tap, however long the rest takes.
  const [at, zone, clocks] = [stamp(), phoneZone(), clocksNow()]
  const billable = await isBillable(project)
  const { running } = shownToday
  const elapsed = running === null ? null : await elapsedOf(running)
  const act = started(at, self(), { project, task, billable }, zone)
  await save([running === null ? null : finished(at, running, at.now, elapsed), act])
  await markStart(act.intent.entry, clocks)
  await rememberProject(project)
}

/** Finish what is running and start on another project in the same moment. */
export async function switchTo(project: string | null, task: string | null = null): Promise<void> {
  await start(project, task)
}

export async function startBreak(paid = false): Promise<void> {
  const { running } = shownToday
  if (running !== null) await save([onBreak(stamp(), running, paid)])
}

export async function endBreak(): Promise<void> {
  const { running } = shownToday
  if (running !== null) await save([offBreak(stamp(), running)])
}

/** Finish what is running, at `at` when it ended earlier. Does nothing when nothing is running. */
export async function finish(at: number | null = null): Promise<void> {
  const { running } = shownToday
  const moment = stamp()
  if (running === null) return
  const elapsed = at === null ? await elapsedOf(running) : null
  await save([finished(moment, running, at ?? moment.now, elapsed)])
}

/** Let an entry run again that was just finished. */
export async function undoFinish(view: EntryView): Promise<void> {
  await save([unfinished(stamp(), latest(view))])
}

/** Return a form filled with what an entry says. */
export function draftOf(view: EntryView): Draft {
  const isInterval = view.time.form === 'interval'
  return {
    form: view.time.form,
    start: view.time.form === 'interval' ? view.time.start : null,
    end: view.time.form === 'interval' ? view.time.end : null,
    breaks: view.time.form === 'interval' ? view.time.breaks : [],
    date: view.time.form === 'length' ? view.time.date : null,
    seconds: isInterval ? null : view.workedSeconds,
    project: view.project?.id ?? null,
    task: view.task?.id ?? null,
    note: view.note,
    zone: view.zone,
    isRunning: view.isRunning,
  }
}

/** Return the first own entry that `span` overlaps, other than `id`; running ones last till now. */
export async function overlapOf(
  span: { readonly start: number; readonly end: number | null },
  id: string | null,
): Promise<EntryView | null> {
  const reader = lastReader
  if (reader === null) return null
  const { database } = openedLocal()
  const { start, end } = span
  const day = dayOf(start, phoneZone())
  const near = await entriesOfDays(database, self(), dayAfter(day, -1), dayAfter(day, 1))
  const until = end ?? reader.now
  const found = inOrder(shown(viewsOf(near, reader))).find((view) => {
    if (view.id === id || view.time.form !== 'interval') return false
    return view.time.start < until && (view.time.end ?? reader.now) > start
  })
  return found ?? null
}

/** Save a new entry and return its id. The form must have no fault. */
export async function add(draft: Draft): Promise<string> {
  const act = added(stamp(), self(), draft, await isBillable(draft.project))
  await save([act])
  await rememberProject(draft.project)
  return act.intent.entry
}

/** Save what differs from `view`, which is what the person saw when the form opened. */
export async function change(view: EntryView, draft: Draft): Promise<void> {
  await save([changed(stamp(), view, draft, await isBillable(draft.project))])
}

export async function remove(view: EntryView, reason: string | null = null): Promise<void> {
  await save([removed(stamp(), view, reason)])
}

/** Bring back an entry that was removed; `view` is as it was before or after. */
export async function restore(view: EntryView): Promise<void> {
  await save([restored(stamp(), view)])
}

/** Say of each complete entry of the week that it is complete; returns how many were submitted. */
export async function completeWeek(monday: string): Promise<number> {
  const { database } = openedLocal()
  const records = await entriesOfDays(database, self(), monday, dayAfter(monday, WEEK_DAYS - 1))
  const reader = lastReader
  if (reader === null) return 0
  const at = stamp()
  const open = viewsOf(records, reader).filter((view) => isDecidable(view) && !view.isSubmitted)
  await save(open.map((view) => decided(at, view, 'submit')))
  return open.length
}

/** Answer a returned entry with "it is right as it is": submit it again. */
export async function submitAgain(view: EntryView): Promise<void> {
  await save([decided(stamp(), view, 'submit')])
}

let lastReader: Reader | null = null

follow(async (local, reader) => {
  lastReader = reader
  await Promise.all([readToday(local, reader), readWeek(local, reader), readEntry(local, reader)])
})

async function readToday({ database }: Local, reader: Reader): Promise<void> {
  const date = dayOf(reader.now, phoneZone())
  const monday = mondayOf(date)
  const days = await entriesOfDays(database, reader.self, monday, dayAfter(monday, WEEK_DAYS - 1))
  const ofWeek = shown(viewsOf(days, reader))
  const running = shown(viewsOf(await runningEntries(database), reader))
  const ofToday = ofWeek.filter((view) => view.workDate === date)
  const older = running.filter((view) => !ofToday.some(({ id }) => id === view.id))
  shownToday = {
    date,
    entries: inOrder([...older, ...ofToday]),
    running: inOrder(running).at(-1) ?? null,
    worked: sumOf(ofToday),
    weekWorked: sumOf(ofWeek),
  }
}

async function readWeek({ database }: Local, reader: Reader): Promise<void> {
  const monday = wantedMonday
  if (monday === null) return
  const last = dayAfter(monday, WEEK_DAYS - 1)
  const views = shown(viewsOf(await entriesOfDays(database, reader.self, monday, last), reader))
  const days = Array.from({ length: WEEK_DAYS }, (_, at) => {
    const date = dayAfter(monday, at)
    const entries = inOrder(views.filter((view) => view.workDate === date))
    return { date, entries, worked: sumOf(entries) }
  })
  const isComplete = views.every((view) => view.isSubmitted || !isDecidable(view))
  shownWeek = { monday, days, worked: sumOf(views), isComplete: views.length > 0 && isComplete }
}

async function readEntry({ database }: Local, reader: Reader): Promise<void> {
  const id = wantedEntry
  if (id === null) return
  const record = await entryOf(database, id)
  shownEntry = record === null ? null : (viewsOf([record], reader)[0] ?? null)
}

/** What was finished a moment ago is newer than the view that the screen kept of it. */
function latest(view: EntryView): EntryView {
  return shownToday.entries.find(({ id }) => id === view.id) ?? view
}

function shown(views: readonly EntryView[]): readonly EntryView[] {
  return views.filter((view) => !view.isDeleted)
}

function inOrder(views: readonly EntryView[]): readonly EntryView[] {
  const startOf = (view: EntryView): number =>
    view.time.form === 'interval' ? view.time.start : Number.MAX_SAFE_INTEGER
  return [...views].sort((one, other) => startOf(one) - startOf(other))
}

function sumOf(views: readonly EntryView[]): Span {
  return views.reduce(
    (sum, { range, workedSeconds }) => ({
      least: sum.least + (range?.least ?? workedSeconds),
      most: sum.most + (range?.most ?? workedSeconds),
    }),
    NOTHING,
  )
}

function self(): string {
  return openedLocal().device.person.id
}
