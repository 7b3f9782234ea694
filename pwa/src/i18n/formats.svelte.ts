/**
 * Times, days, durations and hours as people of the chosen language read them.
 *
 * Instants are seconds since 1970 (UTC), dates are `YYYY-MM-DD`, lengths are whole seconds.
 */
import { currentLocale, t } from './messages.svelte'

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600
const NO_BREAK_SPACE = '\u00a0'
let kept: Readonly<Record<string, Intl.DateTimeFormat>> = {}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = currentLocale()
  const key = `${locale}${JSON.stringify(options)}`
  const known = kept[key]
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(locale, options)
  kept = { ...kept, [key]: made }
  return made
}

/** Return the date at which a `YYYY-MM-DD` begins in UTC, so that no zone can move it. */
function utc(date: string): Date {
  return new Date(`${date}T00:00:00Z`)
}

/** Return a time of day, "15:32" or "3:32 PM". */
export function clockTime(instant: number, zone: string): string {
  return dates({ hour: 'numeric', minute: '2-digit', timeZone: zone }).format(instant * 1000)
}

/** Return day and time, "Mon, 2 Mar, 15:32". */
export function dayAndTime(instant: number, zone: string): string {
  return dates({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  }).format(instant * 1000)
}

/** Return a date in full, "Monday, 2 March". */
export function longDate(date: string): string {
  return dates({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    utc(date),
  )
}

/** Return a date in short, "Mon, 2 Mar". */
export function shortDate(date: string): string {
  return dates({ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    utc(date),
  )
}

/** Return a date with its year and no weekday, "2 Mar 2026". */
export function plainDate(date: string): string {
  return dates({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    utc(date),
  )
}

/** Return the weekday alone, "Mon". */
export function weekday(date: string): string {
  return dates({ weekday: 'short', timeZone: 'UTC' }).format(utc(date))
}

/** Return the weekday in full, "Friday". */
export function longWeekday(date: string): string {
  return dates({ weekday: 'long', timeZone: 'UTC' }).format(utc(date))
}

/** Return a length, "7 h 32" or "32 min"; seconds below a minute are left out. */
export function duration(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / MINUTE_SECONDS)
  const text =
    minutes < 60
      ? t('duration.minutes', { minutes })
      : t('duration.hours', {
          hours: Math.floor(minutes / 60),
          minutes: String(minutes % 60).padStart(2, '0'),
        })
  return text.replaceAll(' ', NO_BREAK_SPACE)
}

/** Return the running time as the big number shows it, "2:14". */
export function elapsed(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / MINUTE_SECONDS)
  return `${String(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, '0')}`
}

/** Return hours with two decimals, as the books have them, "7.53 h". */
export function decimalHours(seconds: number): string {
  const hours = new Intl.NumberFormat(currentLocale(), {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(seconds / HOUR_SECONDS)
  return t('hours.decimal', { hours }).replaceAll(' ', NO_BREAK_SPACE)
}

/** Return an amount of storage given in megabytes, "812 MB" or "3.4 GB". */
export function bytes(megabytes: number): string {
  const isLarge = megabytes >= 1000
  return new Intl.NumberFormat(currentLocale(), {
    style: 'unit',
    unit: isLarge ? 'gigabyte' : 'megabyte',
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(isLarge ? megabytes / 1000 : megabytes)
}

/** What is told of an entry's time: from when to when, or only how long. */
export type ToldTime =
  | { readonly form: 'interval'; readonly start: number; readonly end: number | null }
  | { readonly form: 'length'; readonly seconds: number }

/** Return "06:58 to 15:31", "06:58, still running" or "2 h 30". */
export function entryTimes(time: ToldTime, zone: string): string {
  if (time.form === 'length') return duration(time.seconds)
  const start = clockTime(time.start, zone)
  return time.end === null
    ? t('needs.version.running', { start })
    : t('needs.version.time', { start, end: clockTime(time.end, zone) })
}

/** Return a length that may be open between two, "7 h 30 to 8 h 01"; `more` seconds are added. */
export function lengthRange(
  range: { readonly least: number; readonly most: number },
  more = 0,
): string {
  const least = duration(range.least + more)
  const most = duration(range.most + more)
  return least === most ? least : t('duration.range', { from: least, to: most })
}
