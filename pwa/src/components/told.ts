/** One version of a conflict as its card shows it. */
import type { WorkTime } from '../core/time_entry'

/** One of the versions that stand against each other, already in words. */
export interface Told {
  /** Who wrote it: "You on this phone", "Ana". */
  readonly who: string
  /** When it was written, in words; null when that is not known. */
  readonly when: string | null
  /** The value in one line: "06:58 to 15:31, 30 min break", or a project, or a note. */
  readonly value: string
  /** Its effect in hours; null for versions that do not change hours. */
  readonly workedSeconds: number | null
  /** What differs, for the button: "15:32", a project. */
  readonly answer: string
  /** The time itself, for the day line. */
  readonly time: WorkTime | null
}
