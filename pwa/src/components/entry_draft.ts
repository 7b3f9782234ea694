/**
 * What a person types into the form of an entry, and the time it means.
 *
 * The form keeps text as typed; `timeOf` turns it into a time or says in which field it cannot.
 */
import type { EntryView } from '../core/entry_view'
import { dayAfter, instantAt, isDay, wallTime } from '../core/instant'
import {
  DURATION_SECONDS_MAX,
  NOTE_CHARACTERS_MAX,
  workedSecondsAt,
  type Break,
  type WorkTime,
} from '../core/time_entry'

/** `kept`: the breaks as they were tapped; a number: one unpaid break of so many minutes. */
export type DraftBreak = 'kept' | 'none' | '15' | '30' | '45' | '60' | 'own'

export interface EntryDraft {
  readonly form: 'interval' | 'length'
  /** `YYYY-MM-DD` */
  readonly date: string
  /** `HH:MM` or empty */
  readonly start: string
  /** `HH:MM` or empty */
  readonly end: string
  /** Whether the end is on the day after `date`. */
  readonly nextDay: boolean
  readonly hours: string
  readonly minutes: string
  readonly pause: DraftBreak
  readonly ownPause: string
  readonly keptBreaks: readonly Break[]
  /** Whether the entry is running, so that an empty end is allowed. */
  readonly running: boolean
  /** The time that the form started from: its seconds stay where the minute was not changed. */
  readonly original: { readonly start: number; readonly end: number | null } | null
  readonly project: string | null
  readonly task: string | null
  readonly note: string
}

/** The field in which the draft does not say a time yet. `before`: the end is before the start. */
export type DraftProblem = 'date' | 'start' | 'end' | 'before' | 'length' | 'break' | 'note'

export type DraftTime =
  { readonly time: WorkTime; readonly workedSeconds: number } | { readonly problem: DraftProblem }

const MINUTE_SECONDS = 60
/** Of `HH:MM:SS`. */
const MINUTE_CHARACTERS = 5

/** Return the draft of a new entry on `date`. */
export function emptyDraft(date: string): EntryDraft {
  return {
    form: 'interval',
    date,
    start: '',
    end: '',
    nextDay: false,
    hours: '',
    minutes: '',
    pause: 'none',
    ownPause: '',
    keptBreaks: [],
    running: false,
    original: null,
    project: null,
    task: null,
    note: '',
  }
}

/** Return the draft that shows an entry as it is. */
export function draftOf(entry: EntryView): EntryDraft {
  const plain = {
    ...emptyDraft(entry.workDate),
    project: entry.project?.id ?? null,
    task: entry.task?.id ?? null,
    note: entry.note,
  }
  if (entry.time.form === 'length') {
    const minutes = Math.round(entry.time.seconds / MINUTE_SECONDS)
    return {
      ...plain,
      form: 'length',
      hours: String(Math.floor(minutes / 60)),
      minutes: String(minutes % 60),
    }
  }
  const start = wallTime(entry.time.start, entry.zone)
  const end = entry.time.end === null ? null : wallTime(entry.time.end, entry.zone)
  return {
    ...plain,
    date: start.date,
    start: start.time.slice(0, MINUTE_CHARACTERS),
    end: end?.time.slice(0, MINUTE_CHARACTERS) ?? '',
    nextDay: end !== null && end.date !== start.date,
    pause: entry.time.breaks.length > 0 ? 'kept' : 'none',
    keptBreaks: entry.time.breaks,
    running: entry.time.end === null,
    original: { start: entry.time.start, end: entry.time.end },
  }
}

/**
 * Return the tapped breaks as far as they lie in the new times: a break that the end falls into, or
 * that was never ended, ends with it. On another day they keep their time of day.
 */
function keptWithin(
  draft: EntryDraft,
  zone: string,
  start: number,
  end: number | null,
): readonly Break[] {
  const shift = shiftOf(draft, zone)
  return draft.keptBreaks.flatMap((pause) => {
    if (pause.start === null) return [pause]
    const from = Math.max(pause.start + shift, start)
    const until = pause.end === null ? end : Math.min(pause.end + shift, end ?? Infinity)
    if (until !== null && until <= from) return []
    return [{ ...pause, start: from, end: until }]
  })
}

/** Return the seconds between the time of day of the form's first start on its day and on `date`. */
function shiftOf({ original, date }: EntryDraft, zone: string): number {
  if (original === null) return 0
  const before = wallTime(original.start, zone)
  if (before.date === date) return 0
  const now = instantAt(date, before.time, zone)
  return now === null ? 0 : now - original.start
}

function breaksOf(
  draft: EntryDraft,
  zone: string,
  start: number,
  end: number | null,
): readonly Break[] | null {
  if (draft.pause === 'none') return []
  if (draft.pause === 'kept') return keptWithin(draft, zone, start, end)
  const minutes = Number(draft.pause === 'own' ? draft.ownPause : draft.pause)
  if (!Number.isInteger(minutes) || minutes < 0) return null
  return minutes === 0
    ? []
    : [{ start: null, end: null, seconds: minutes * MINUTE_SECONDS, paid: false }]
}

function lengthOf(draft: EntryDraft): DraftTime {
  const seconds = (Number(draft.hours) * 60 + Number(draft.minutes)) * MINUTE_SECONDS
  const isPossible =
    Number.isInteger(seconds) && seconds >= MINUTE_SECONDS && seconds <= DURATION_SECONDS_MAX
  if (!isPossible) return { problem: 'length' }
  return { time: { form: 'length', date: draft.date, seconds }, workedSeconds: seconds }
}

/** Return the length of a text as the protocol counts it. */
function codePoints(text: string): number {
  return Array.from(text).length
}

/** Return the instant of a time of day as typed; the known one when it shows the same minute. */
function typed(date: string, time: string, zone: string, known: number | null): number | null {
  const instant = instantAt(date, time, zone)
  if (instant === null || known === null) return instant
  return known - instant >= 0 && known - instant < MINUTE_SECONDS ? known : instant
}

/** Return the time that a draft means, with its worked seconds up to `now`, or what is missing. */
export function timeOf(draft: EntryDraft, zone: string, now: number): DraftTime {
  if (codePoints(draft.note) > NOTE_CHARACTERS_MAX) return { problem: 'note' }
  if (!isDay(draft.date)) return { problem: 'date' }
  if (draft.form === 'length') return lengthOf(draft)
  const start = typed(draft.date, draft.start, zone, draft.original?.start ?? null)
  if (start === null) return { problem: 'start' }
  const endDate = draft.nextDay ? dayAfter(draft.date, 1) : draft.date
  const end = typed(endDate, draft.end, zone, draft.original?.end ?? null)
  if (end === null && (!draft.running || draft.end !== '')) return { problem: 'end' }
  if (end !== null && end <= start) return { problem: 'before' }
  const breaks = breaksOf(draft, zone, start, end)
  if (breaks === null || breaks.some((pause) => (pause.seconds ?? 0) > (end ?? now) - start)) {
    return { problem: 'break' }
  }
  const time: WorkTime = { form: 'interval', start, end, breaks }
  return { time, workedSeconds: workedSecondsAt(time, now) }
}
