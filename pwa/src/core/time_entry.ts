/**
 * The values of a time entry's groups: their forms and what follows from them.
 *
 * A `time` value is one register, either an interval or a duration on a day; nobody ever takes
 * `start` from one value and `end` from another. What is odd but possible (longer than a day,
 * overlapping) is allowed and flagged.
 */
import { dayOf, instantOf, isDay, isZone } from './instant'
import { isObject, type JsonObject, type JsonValue } from './json_value'

export const NOTE_CHARACTERS_MAX = 2000
export const REASON_CHARACTERS_MAX = 500
export const BREAKS_MAX = 16
export const DURATION_SECONDS_MAX = 36_000_000
const LONG_SECONDS = 86_400
const OPEN_TIMER_SECONDS = 16 * 3600
const CLOCK_TOLERANCE_SECONDS = 120

const SOURCES: readonly JsonValue[] = ['timer', 'manual', 'crew', 'import']
const WORK_KINDS: readonly JsonValue[] = ['work', 'travel', 'break', 'absence']

/** The members of `time.brk`: with times, or with a length only. */
export interface Break {
  readonly start: number | null
  readonly end: number | null
  /** The length when only that is known; null for a break with times. */
  readonly seconds: number | null
  readonly paid: boolean
}

/** Work from one instant to another; `end` null while it is running. */
export interface Interval {
  readonly form: 'interval'
  readonly start: number
  readonly end: number | null
  readonly breaks: readonly Break[]
}

/** Work of which only the day and the length are known. */
export interface Length {
  readonly form: 'length'
  readonly date: string
  readonly seconds: number
}

export type WorkTime = Interval | Length

/** A `time` value that was read: its content and what it was written with. */
export interface TimeValue {
  readonly time: WorkTime
  readonly zone: string
  readonly source: string
  readonly elapsedSeconds: number | null
}

/**
 * Return the `time` value that `value` spells, or null when it has not the form. A zone that this
 * phone does not know is read all the same: the server may know more zones than an old phone.
 */
export function readTime(value: JsonValue | undefined): TimeValue | null {
  const isRead = faultyTimeMember(value ?? null, () => true) === null
  return isRead && isObject(value) ? readChecked(value) : null
}

/**
 * Return why an operation with these groups would be held: the first member that has not the form
 * (`time.end`, `alloc`, `note`), or null when all have it.
 */
export function faultyMember(values: Readonly<Record<string, JsonValue>>): string | null {
  for (const [group, check] of GROUP_FORMS) {
    const value = values[group]
    const member = value === undefined ? null : check(value)
    if (member !== null) return member === '' ? group : `${group}.${member}`
  }
  return null
}

/** Return whether `time` is an interval without an end. */
export function isRunning(time: WorkTime): boolean {
  return time.form === 'interval' && time.end === null
}

/** Return the seconds that count as work: never below 0, and 0 while running. */
export function workedSeconds(time: WorkTime): number {
  if (time.form === 'length') return time.seconds
  return time.end === null ? 0 : lessBreaks(time, time.end)
}

/** Return the seconds worked by `now`; a running time and an open break end there. */
export function workedSecondsAt(time: WorkTime, now: number): number {
  if (time.form === 'length') return time.seconds
  return lessBreaks(time, time.end ?? now)
}

/** Return when the break began that is still open, or null. */
export function openBreakStart(time: WorkTime): number | null {
  if (time.form === 'length' || time.end !== null) return null
  const last = time.breaks.at(-1)
  return last?.end === null ? last.start : null
}

/** Return the day on which the work began, in the entry's own zone. */
export function workDate(value: TimeValue): string {
  return value.time.form === 'length' ? value.time.date : dayOf(value.time.start, value.zone)
}

/** Return the flags that follow from one value: `long` and `clock_check`. */
export function ownFlags(value: TimeValue): readonly ('long' | 'clock_check')[] {
  const { time } = value
  if (time.form === 'length') return time.seconds > LONG_SECONDS ? ['long'] : []
  if (time.end === null) return []
  const length = time.end - time.start
  const disagrees =
    value.elapsedSeconds !== null &&
    Math.abs(value.elapsedSeconds - length) > CLOCK_TOLERANCE_SECONDS
  const breakSeconds = time.breaks.reduce((sum, part) => sum + secondsOf(part, part.start ?? 0), 0)
  return [
    ...(length > LONG_SECONDS ? (['long'] as const) : []),
    ...(disagrees || breakSeconds > length ? (['clock_check'] as const) : []),
  ]
}

/**
 * Return the flags that depend on the clock and are in no row: `future` when the time ends (or
 * began) ahead of `now`, `open_timer` when it has been running for more than 16 hours.
 */
export function clockFlags(time: WorkTime, now: number): readonly ('future' | 'open_timer')[] {
  if (time.form === 'length') return []
  const latest = time.end ?? time.start
  if (latest > now + CLOCK_TOLERANCE_SECONDS) return ['future']
  return time.end === null && now - time.start > OPEN_TIMER_SECONDS ? ['open_timer'] : []
}

function lessBreaks(time: Interval, end: number): number {
  const unpaid = time.breaks
    .filter((part) => !part.paid)
    .reduce((sum, part) => sum + secondsOf(part, end), 0)
  return Math.max(0, end - time.start - unpaid)
}

function secondsOf(part: Break, end: number): number {
  if (part.seconds !== null) return part.seconds
  return part.start === null ? 0 : Math.max(0, (part.end ?? end) - part.start)
}

function readChecked(value: JsonObject): TimeValue {
  const zone = text(value['tz'])
  const source = text(value['src'])
  if ('date' in value) {
    const time: Length = {
      form: 'length',
      date: text(value['date']),
      seconds: whole(value['seconds']) ?? 0,
    }
    return { time, zone, source, elapsedSeconds: null }
  }
  const time: Interval = {
    form: 'interval',
    start: instant(value['start']) ?? 0,
    end: instant(value['end']),
    breaks: list(value['brk']).map(readBreak),
  }
  return { time, zone, source, elapsedSeconds: whole(value['elapsed']) }
}

function readBreak(value: JsonValue): Break {
  const part = isObject(value) ? value : {}
  return {
    start: instant(part['s']),
    end: instant(part['e']),
    seconds: whole(part['sec']),
    paid: part['paid'] === true,
  }
}

function faultyTimeMember(value: JsonValue, isKnownZone: (name: string) => boolean): string | null {
  if (!isObject(value)) return ''
  const members =
    'start' in value
      ? ['start', 'end', 'brk', 'tz', 'src', 'elapsed']
      : ['date', 'seconds', 'tz', 'src']
  const misfit = missingOrSurplus(value, members)
  if (misfit !== null) return misfit
  if (typeof value['tz'] !== 'string' || !isKnownZone(value['tz'])) return 'tz'
  if (!SOURCES.includes(value['src'] ?? null)) return 'src'
  return 'start' in value ? faultyIntervalMember(value) : faultyLengthMember(value)
}

function faultyIntervalMember(value: JsonObject): string | null {
  const start = instant(value['start'])
  if (start === null) return 'start'
  const end = instant(value['end'])
  if (value['end'] !== null && (end === null || end < start)) return 'end'
  if (value['elapsed'] !== null && !isWhole(value['elapsed'], 0, Number.MAX_SAFE_INTEGER)) {
    return 'elapsed'
  }
  return areBreaks(value['brk'], start, end) ? null : 'brk'
}

function faultyLengthMember(value: JsonObject): string | null {
  if (typeof value['date'] !== 'string' || !isDay(value['date'])) return 'date'
  return isWhole(value['seconds'], 1, DURATION_SECONDS_MAX) ? null : 'seconds'
}

/** Whether `value` is a list of breaks in order, apart and within the time. */
function areBreaks(value: JsonValue | undefined, start: number, end: number | null): boolean {
  if (!isList(value) || value.length > BREAKS_MAX) return false
  let freeFrom: number | null = start
  for (const part of value) {
    if (!isObject(part) || typeof part['paid'] !== 'boolean') return false
    if (missingOrSurplus(part, ['sec', 'paid']) === null) {
      if (!isWhole(part['sec'], 0, Number.MAX_SAFE_INTEGER)) return false
    } else if (missingOrSurplus(part, ['s', 'e', 'paid']) === null) {
      const ends: number | null = instant(part['e'])
      if (!isTimedBreak(part, freeFrom, end)) return false
      freeFrom = ends
    } else {
      return false
    }
  }
  return true
}

/** `freeFrom` null: an open break came before, behind which there is no room. */
function isTimedBreak(part: JsonObject, freeFrom: number | null, end: number | null): boolean {
  const begins = instant(part['s'])
  if (begins === null || freeFrom === null || begins < freeFrom) return false
  if (part['e'] === null) return end === null
  const ends = instant(part['e'])
  return ends !== null && begins <= ends && (end === null || ends <= end)
}

function faultyAllocMember(value: JsonValue): string | null {
  if (!isObject(value)) return ''
  const misfit = missingOrSurplus(value, ['project', 'task', 'billable', 'kind'])
  if (misfit !== null) return misfit
  if (!isTextOrNull(value['project'])) return 'project'
  if (!isTextOrNull(value['task'])) return 'task'
  if (typeof value['billable'] !== 'boolean') return 'billable'
  return WORK_KINDS.includes(value['kind'] ?? null) ? null : 'kind'
}

function faultyLifeMember(value: JsonValue): string | null {
  if (!isObject(value)) return ''
  const misfit = missingOrSurplus(value, ['deleted', 'reason'])
  if (misfit !== null) return misfit
  if (typeof value['deleted'] !== 'boolean') return 'deleted'
  return isTextOrNull(value['reason']) ? null : 'reason'
}

const GROUP_FORMS: readonly (readonly [string, (value: JsonValue) => string | null])[] = [
  ['time', (value) => faultyTimeMember(value, isZone)],
  ['alloc', faultyAllocMember],
  ['note', (value) => (isText(value, NOTE_CHARACTERS_MAX) ? null : '')],
  ['life', faultyLifeMember],
  ['reason', (value) => (isText(value, REASON_CHARACTERS_MAX) ? null : '')],
]

/** Return the first missing member, '' when there is one too much, null when all fit. */
function missingOrSurplus(value: JsonObject, members: readonly string[]): string | null {
  if (Object.keys(value).some((name) => !members.includes(name))) return ''
  return members.filter((name) => !(name in value)).sort()[0] ?? null
}

function isText(value: JsonValue, charactersMax: number): boolean {
  return (
    typeof value === 'string' && Array.from(value).length <= charactersMax && !value.includes('\0')
  )
}

function isTextOrNull(value: JsonValue | undefined): boolean {
  return value === null || (typeof value === 'string' && !value.includes('\0'))
}

function isWhole(value: JsonValue | undefined, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && typeof value === 'number' && value >= least && value <= most
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function instant(value: JsonValue | undefined): number | null {
  return typeof value === 'string' ? instantOf(value) : null
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function whole(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : []
}
