/**
 * Instants, days and zones. An instant is whole seconds since 1970 (UTC); on the wire it is exactly
 * `YYYY-MM-DDTHH:MM:SSZ` in the years 2000 to 2099. A day is `YYYY-MM-DD`.
 */
const INSTANT = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const DAY = /^20\d\d-\d\d-\d\d$/
const DAY_MILLISECONDS = 86_400_000

const MINUTE_SECONDS = 60
const formats = new Map<string, Intl.DateTimeFormat>()

/** A moment as a wall clock in some zone shows it. */
export interface WallTime {
  /** `YYYY-MM-DD` */
  readonly date: string
  /** `HH:MM:SS` */
  readonly time: string
}

/** Return the instant that `text` spells, or null when it has another form or does not exist. */
export function instantOf(text: string): number | null {
  if (!INSTANT.test(text)) return null
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return null
  return instantText(milliseconds / 1000) === text ? milliseconds / 1000 : null
}

/** Return how the wire spells an instant. */
export function instantText(instant: number): string {
  return `${new Date(Math.floor(instant) * 1000).toISOString().slice(0, 19)}Z`
}

/** Return whether `text` is a day that exists. */
export function isDay(text: string): boolean {
  return DAY.test(text) && instantOf(`${text}T00:00:00Z`) !== null
}

/** Return the day `days` after `day`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS)
    .toISOString()
    .slice(0, 10)
}

/** Return the Monday of the week in which `day` lies. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return dayAfter(day, -((weekday + 6) % 7))
}

/** Return whether the phone knows the IANA zone `name`. */
export function isZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Return what the wall clock shows in `zone` at `instant`; an unknown zone is read as UTC. */
export function wallTime(instant: number, zone: string): WallTime {
  const parts = new Map(
    formatOf(isZone(zone) ? zone : 'UTC')
      .formatToParts(instant * 1000)
      .map((part) => [part.type, part.value]),
  )
  const read = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    date: `${read('year')}-${read('month')}-${read('day')}`,
    time: `${read('hour')}:${read('minute')}:${read('second')}`,
  }
}

/** Return the day on which `instant` lies in `zone`. */
export function dayOf(instant: number, zone: string): string {
  return wallTime(instant, zone).date
}

/**
 * Return the instant at which the wall clock in `zone` shows `day` and `time` (`HH:MM` or
 * `HH:MM:SS`), or null when either has no form.
 *
 * An hour that the clock shows twice in autumn is its first one; an hour that it leaves out in spring
 * is the same time before the change, so `02:30` becomes what was `03:30` a moment later.
 */
export function instantAt(day: string, time: string, zone: string): number | null {
  const wanted = instantOf(`${day}T${time.length === 5 ? `${time}:00` : time}Z`)
  if (wanted === null) return null
  const offsets = [wanted - DAY_MILLISECONDS / 1000, wanted + DAY_MILLISECONDS / 1000].map((near) =>
    offsetAt(near, zone),
  )
  const fitting = offsets
    .map((offset) => wanted - offset)
    .filter((instant) => instant + offsetAt(instant, zone) === wanted)
  if (fitting.length > 0) return Math.min(...fitting)
  return wanted - (offsets[0] ?? 0)
}

/** Return how far the wall clock in `zone` is ahead of UTC at `instant`, in seconds. */
export function offsetAt(instant: number, zone: string): number {
  const { date, time } = wallTime(instant, zone)
  const shown = Date.parse(`${date}T${time}Z`) / 1000
  // Zones of the past have odd seconds, the protocol's years have not.
  return Math.round((shown - instant) / MINUTE_SECONDS) * MINUTE_SECONDS
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, format)
  return format
}
