/**
 * How long a timer ran by another clock than the one that people can set: evidence for times that look
 * wrong, never the time itself. Where it is not known, it is not said: a wrong doubt would cost a
 * person a question.
 */

/** A moment by all the clocks of a phone. */
export interface Mark {
  /** The phone's clock, in milliseconds since 1970. */
  readonly wall: number
  /** Milliseconds since `origin` that only ever grow, and that stand still while some phones sleep. */
  readonly monotonic: number
  /** When the page was opened: another one counts from another moment. */
  readonly origin: number
  /** How far the clock was ahead of the server's, in seconds, as measured `at` (milliseconds); null: never. */
  readonly skew: { readonly seconds: number; readonly at: number } | null
}

/** As much as clocks may drift apart, and seconds be rounded, without meaning anything. */
const TOLERANCE_MILLISECONDS = 60_000
/** A skew that was measured longer ago says little about the clock of now. */
const FRESH_MILLISECONDS = 15 * 60_000

/** Return the whole seconds from `start` to `end`, or null when no clock tells. */
export function elapsedSeconds(start: Mark, end: Mark): number | null {
  const byWall = end.wall - start.wall
  if (start.origin === end.origin) {
    const byMonotonic = end.monotonic - start.monotonic
    // Nothing lets it run ahead: if it is, the phone's clock was set back.
    if (byMonotonic > byWall - TOLERANCE_MILLISECONDS) return seconds(byMonotonic)
  }
  // It stood still, or the clock was set forward, or the page is another: the server's clock tells.
  if (!isFresh(start) || !isFresh(end) || start.skew === null || end.skew === null) return null
  return seconds(byWall - (end.skew.seconds - start.skew.seconds) * 1000)
}

function isFresh({ wall, skew }: Mark): boolean {
  return skew !== null && Math.abs(wall - skew.at) <= FRESH_MILLISECONDS
}

function seconds(milliseconds: number): number | null {
  return milliseconds < 0 ? null : Math.round(milliseconds / 1000)
}
