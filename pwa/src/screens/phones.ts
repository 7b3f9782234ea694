/** What is told of a phone: when it was heard of, what waits on it, and whether its clock is wrong. */
import { dayAfter, dayOf } from '../core/instant'
import { clockTime, duration, longWeekday, shortDate } from '../i18n/formats.svelte'
import { counted, t } from '../i18n/messages.svelte'
import { team } from '../state/team.svelte'
import { today } from '../state/time_entries.svelte'
import { moment } from './chip'

/** From here on a wrong clock is worth a word. */
export const CLOCK_SECONDS_MAX = 120
const NAMES_MAX = 3

interface Heard {
  readonly lastContactAt: number | null
  readonly pending: number | null
  readonly oldestAt: number | null
  readonly skewSeconds: number | null
}

/** Return when a phone was heard of. */
export function contactWords({ lastContactAt }: Heard): string {
  return lastContactAt === null
    ? t('device.contact.never')
    : t('device.contact', { time: moment(lastContactAt) })
}

/** Return what is not as it should be with a phone, each in a sentence. */
export function concernWords({ pending, oldestAt, skewSeconds }: Heard): readonly string[] {
  const skew = skewSeconds ?? 0
  const length = duration(Math.abs(skew))
  return [
    ...((pending ?? 0) > 0 ? [waitingWords(pending ?? 0, oldestAt)] : []),
    ...(Math.abs(skew) > CLOCK_SECONDS_MAX
      ? [t(skew > 0 ? 'device.ahead' : 'device.behind', { length })]
      : []),
  ]
}

function waitingWords(count: number, oldestAt: number | null): string {
  if (oldestAt === null) return counted('device.waits.undated', count)
  return counted('device.waits', count, { time: moment(oldestAt) })
}

/** Return "3 of 12 phones have not reported everything since Friday", or null when all have. */
export function behindWords(): string | null {
  const { behindCount, phoneCount, behindSince } = team
  if (behindCount === 0) return null
  return behindSince === null
    ? counted('team.summary.undated', behindCount, { all: phoneCount })
    : counted('team.summary', behindCount, { all: phoneCount, day: sinceWords(behindSince) })
}

/** Return whose phones may hold something, "Ali, Jo, Kim +2". */
export function behindNames(): string {
  const names = team.people.filter(({ isBehind }) => isBehind).map(({ name }) => name)
  const more = names.length - NAMES_MAX
  return names.slice(0, NAMES_MAX).join(t('list.separator')) + (more > 0 ? ` +${String(more)}` : '')
}

/** Return a moment as one says it after "since": the time, the weekday, or the date. */
function sinceWords(instant: number): string {
  const day = dayOf(instant, today.zone)
  if (day === today.date) return clockTime(instant, today.zone)
  return day > dayAfter(today.date, -7) ? longWeekday(day) : shortDate(day)
}
