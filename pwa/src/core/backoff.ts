/** How long to wait before trying again: full jitter, so that phones do not return all at once. */

export const FIRST_WAIT_SECONDS = 2
export const LONGEST_WAIT_SECONDS = 300

/**
 * Return the seconds to wait after `failures` failed tries in a row (1 or more).
 *
 * `chance` is a random number from 0 up to 1. A server's own wish is kept as a least, with up to a
 * tenth more, so that a whole crew does not come back in the same second.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", 2015 (full jitter).
 */
export function waitSeconds(
  failures: number,
  chance: number,
  retryAfterSeconds: number | null = null,
): number {
  const doubled = FIRST_WAIT_SECONDS * 2 ** Math.min(failures, 16)
  const jittered = chance * Math.min(LONGEST_WAIT_SECONDS, doubled)
  if (retryAfterSeconds === null) return Math.max(FIRST_WAIT_SECONDS, jittered)
  return Math.max(retryAfterSeconds * (1 + chance / 10), FIRST_WAIT_SECONDS)
}
