/**
 * The person's own time: today, a week, one entry, and every way to write.
 *
 * Each write resolves after the local transaction is complete: then, and only then, it is saved on
 * this phone. It rejects with StorageFailed when the phone did not let it.
 */
import type { EntryView, Span } from '../core/entry_view'
import type { Break } from '../core/time_entry'

export type { EntryView, Span } from '../core/entry_view'
export { workedSecondsAt, workedSeconds } from '../core/time_entry'

/** What a form holds. Instants are seconds since 1970; null is "not filled in". */
export interface Draft {
  readonly form: 'interval' | 'length'
  readonly start: number | null
  readonly end: number | null
  readonly breaks: readonly Break[]
  /** The day of a length. */
  readonly date: string | null
  /** The seconds of a length. */
  readonly seconds: number | null
  readonly project: string | null
  readonly task: string | null
  readonly note: string
  /** IANA zone in which the times are meant. */
  readonly zone: string
}

/** Why a form cannot be saved; the screen has a sentence for each. */
export type DraftFault =
  | 'start_missing'
  | 'end_missing'
  | 'end_before_start'
  | 'out_of_years'
  | 'break_outside'
  | 'break_order'
  | 'too_many_breaks'
  | 'length_missing'
  | 'length_too_long'
  | 'note_too_long'
  | 'text_not_allowed'

export interface Day {
  readonly date: string
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

let todayEntries = $state.raw<readonly EntryView[]>([])
let runningEntry = $state.raw<EntryView | null>(null)
let weekWorked = $state.raw<Span>({ least: 0, most: 0 })
let shownWeek = $state.raw<Week | null>(null)
let shownEntry = $state.raw<EntryView | null>(null)

export const today = {
  /** `YYYY-MM-DD` in the phone's zone. */
  get date(): string {
    return ''
  },
  /** IANA zone of this phone. */
  get zone(): string {
    return ''
  },
  /** In order of their start; also what is still running since yesterday. */
  get entries(): readonly EntryView[] {
    return todayEntries
  },
  /** The newest running entry, or null. */
  get running(): EntryView | null {
    return runningEntry
  },
  /** Without what is running. */
  get worked(): Span {
    return { least: 0, most: 0 }
  },
  get weekWorked(): Span {
    return weekWorked
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
  await Promise.resolve(monday)
}

/** Read an entry into `entry.current`. */
export async function showEntry(id: string): Promise<void> {
  await Promise.resolve(id)
}

/** Start the clock; null: the project is picked later. Finishes what is running. */
export async function start(project: string | null, task: string | null = null): Promise<void> {
  await Promise.resolve([project, task])
}

/** Finish what is running and start on another project in the same moment. */
export async function switchTo(project: string | null, task: string | null = null): Promise<void> {
  await start(project, task)
}

export async function startBreak(paid = false): Promise<void> {
  await Promise.resolve(paid)
}

export async function endBreak(): Promise<void> {
  await Promise.resolve()
}

/** Finish what is running, at `at` when it ended earlier. Does nothing when nothing is running. */
export async function finish(at: number | null = null): Promise<void> {
  await Promise.resolve(at)
}

/** Let an entry run again that was just finished. */
export async function undoFinish(view: EntryView): Promise<void> {
  await Promise.resolve(view)
}

/** Return why the form cannot be saved, or null. */
export function faultOf(draft: Draft): DraftFault | null {
  return draft.start === null ? 'start_missing' : null
}

/** Return the worked seconds that the form means, 0 while it is faulty. */
export function secondsOfDraft(draft: Draft): number {
  return faultOf(draft) === null ? 1 : 0
}

/** Return a form filled with what an entry says. */
export function draftOf(view: EntryView): Draft {
  return {
    form: view.time.form,
    start: null,
    end: null,
    breaks: [],
    date: null,
    seconds: null,
    project: null,
    task: null,
    note: view.note,
    zone: view.zone,
  }
}

/** Save a new entry and return its id. The form must have no fault. */
export async function add(draft: Draft): Promise<string> {
  await Promise.resolve(draft)
  return ''
}

/** Save what differs from `view`, which is what the person saw when the form opened. */
export async function change(view: EntryView, draft: Draft): Promise<void> {
  await Promise.resolve([view, draft])
}

export async function remove(view: EntryView, reason: string | null = null): Promise<void> {
  await Promise.resolve([view, reason])
}

/** Bring back an entry that was removed. */
export async function restore(view: EntryView): Promise<void> {
  await Promise.resolve(view)
}

/** Say of each complete entry of the week that it is complete; returns how many were submitted. */
export async function completeWeek(monday: string): Promise<number> {
  await Promise.resolve(monday)
  return 0
}

/** Answer a returned entry with "it is right as it is": submit it again. */
export async function submitAgain(view: EntryView): Promise<void> {
  await Promise.resolve(view)
}
