/** What the rows of a week need: a common scale, and the state that stands for a day. */
import { dayBlocks } from '../components/entry_blocks'
import type { Span } from '../components/day_line'
import type { EntryView, RowState } from '../core/entry_view'
import { instantAt } from '../core/instant'
import type { Day } from '../state/time_entries.svelte'

const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS
/** A week without time is drawn from 6:00 to 18:00. */
const USUAL_HOURS = { start: 6 * HOUR_SECONDS, end: 18 * HOUR_SECONDS } as const

/** From what needs somebody most to what needs nobody. */
const urgency: readonly RowState[] = [
  'needs_you',
  'sent_back',
  'on_this_phone',
  'sent',
  'approved',
  'booked',
]

/** Return the state of a day: of the entry that is furthest from booked; null without entries. */
export function dayState(entries: readonly EntryView[]): RowState | null {
  return urgency.find((state) => entries.some((entry) => entry.state === state)) ?? null
}

/** Return the instant at which a day begins in a zone. */
export function midnight(date: string, zone: string): number {
  return instantAt(date, '00:00', zone) ?? 0
}

/** Return the hours, in seconds after midnight, that hold the work of every day of a week. */
export function weekHours(days: readonly Day[], zone: string, now: number): Span {
  const hours = days.flatMap((day) => {
    const begin = midnight(day.date, zone)
    return dayBlocks(day.entries, now).map((block) => ({
      start: Math.max(0, Math.floor((block.start - begin) / HOUR_SECONDS) * HOUR_SECONDS),
      end: Math.min(DAY_SECONDS, Math.ceil((block.end - begin) / HOUR_SECONDS) * HOUR_SECONDS),
    }))
  })
  return {
    start: Math.min(USUAL_HOURS.start, ...hours.map((span) => span.start)),
    end: Math.max(USUAL_HOURS.end, ...hours.map((span) => span.end)),
  }
}
