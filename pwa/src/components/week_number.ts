/** The number of a week. */
import { dayAfter } from '../core/instant'

const WEEK_MILLISECONDS = 7 * 86_400_000

/** Return the ISO 8601 number of the week that begins on `monday`: of the year its Thursday is in. */
export function weekNumber(monday: string): number {
  const thursday = dayAfter(monday, 3)
  const newYear = Date.parse(`${thursday.slice(0, 4)}-01-01T00:00:00Z`)
  return Math.floor((Date.parse(`${thursday}T00:00:00Z`) - newYear) / WEEK_MILLISECONDS) + 1
}
