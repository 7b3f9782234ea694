/** What a form of an entry holds, why it cannot be saved, and the values it means. */
import { instantText } from './instant'
import type { JsonObject, JsonValue } from './json_value'
import {
  BREAKS_MAX,
  DURATION_SECONDS_MAX,
  faultyMember,
  NOTE_CHARACTERS_MAX,
  workedSeconds,
  type Break,
  type WorkTime,
} from './time_entry'

/** What a form holds. Instants are seconds since 1970; null is "not filled in". */
export interface Draft {
  readonly form: 'interval' | 'length'
  readonly start: number | null
  /** Null in an entry that is running. */
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
  /** Whether an interval may stay without an end. */
  readonly isRunning: boolean
}

/** Why a form cannot be saved; the screen has a sentence for each. */
export type DraftFault =
  | 'start_missing'
  | 'end_missing'
  | 'end_before_start'
  | 'out_of_years'
  | 'break_outside'
  | 'too_many_breaks'
  | 'length_missing'
  | 'length_too_long'
  | 'note_too_long'
  | 'text_not_allowed'

const FIRST_INSTANT = 946_684_800
const LAST_INSTANT = 4_102_444_799

/** Return why the form cannot be saved, or null. */
export function faultOf(draft: Draft): DraftFault | null {
  if (Array.from(draft.note).length > NOTE_CHARACTERS_MAX) return 'note_too_long'
  if (draft.note.includes('\0')) return 'text_not_allowed'
  const fault = draft.form === 'interval' ? faultOfInterval(draft) : faultOfLength(draft)
  if (fault !== null) return fault
  switch (faultyMember({ time: timeValue(draft, 'manual') })) {
    case null:
      return null
    case 'time.brk':
      return 'break_outside'
    case 'time.end':
      return 'end_before_start'
    default:
      return 'out_of_years'
  }
}

/** Return the time that the form means, or null while it is faulty. */
export function timeOfDraft(draft: Draft): WorkTime | null {
  if (faultOf(draft) !== null) return null
  if (draft.form === 'length') {
    return { form: 'length', date: draft.date ?? '', seconds: draft.seconds ?? 0 }
  }
  return { form: 'interval', start: draft.start ?? 0, end: draft.end, breaks: draft.breaks }
}

/** Return the worked seconds that the form means, 0 while it is faulty. */
export function secondsOfDraft(draft: Draft): number {
  const time = timeOfDraft(draft)
  return time === null ? 0 : workedSeconds(time)
}

/** Return the `time` value of the form in the words of the wire. */
export function timeValue(draft: Draft, source: string): JsonObject {
  if (draft.form === 'length') {
    return {
      date: draft.date ?? '',
      seconds: draft.seconds ?? 0,
      tz: draft.zone,
      src: source,
    }
  }
  return intervalValue(
    { start: draft.start ?? 0, end: draft.end, breaks: draft.breaks },
    draft.zone,
    source,
  )
}

/** Return an interval in the words of the wire; `elapsed` null: no other clock tells how long it took. */
export function intervalValue(
  interval: {
    readonly start: number
    readonly end: number | null
    readonly breaks: readonly Break[]
  },
  zone: string,
  source: string,
  elapsed: number | null = null,
): JsonObject {
  return {
    start: instantText(interval.start),
    end: interval.end === null ? null : instantText(interval.end),
    brk: interval.breaks.map(breakValue),
    tz: zone,
    src: source,
    elapsed,
  }
}

/** Return the `alloc` value of work on a project; what the screens do not know stays as it is. */
export function allocValue(
  project: string | null,
  task: string | null,
  billable: boolean,
  before?: JsonObject,
): JsonObject {
  return { project, task, billable, kind: before?.['kind'] ?? 'work' }
}

function breakValue(part: Break): JsonValue {
  if (part.seconds !== null) return { sec: part.seconds, paid: part.paid }
  return {
    s: instantText(part.start ?? 0),
    e: part.end === null ? null : instantText(part.end),
    paid: part.paid,
  }
}

function faultOfInterval(draft: Draft): DraftFault | null {
  if (draft.start === null) return 'start_missing'
  if (draft.end === null && !draft.isRunning) return 'end_missing'
  const instants = [draft.start, draft.end ?? draft.start]
  if (!instants.every((at) => at >= FIRST_INSTANT && at <= LAST_INSTANT)) return 'out_of_years'
  if (draft.end !== null && draft.end < draft.start) return 'end_before_start'
  return draft.breaks.length > BREAKS_MAX ? 'too_many_breaks' : null
}

function faultOfLength(draft: Draft): DraftFault | null {
  if (draft.seconds === null || draft.seconds < 1 || draft.date === null) return 'length_missing'
  return draft.seconds > DURATION_SECONDS_MAX ? 'length_too_long' : null
}
