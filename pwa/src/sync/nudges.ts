/**
 * Listens for the server's word that there is something to pull, while the app is looked at.
 *
 * One connection brings one word or none and ends; then the next begins. It only saves waiting: where
 * it does not come about (an old server, a proxy, no room), the timer remains, and nobody is told.
 */
import { waitSeconds } from '../core/backoff'

const PLACE = '/v1/sync/events'
/** No faster than this, whatever the server says. */
const PAUSE_SECONDS = 2

/** One connection; `ended` is told once: whether it was ever open, and whether a word came. */
export interface Listener {
  close(): void
}

export interface NudgeSurroundings {
  readonly listen: (
    path: string,
    ended: (how: { readonly wasOpen: boolean; readonly isNudged: boolean }) => void,
  ) => Listener
  /** Up to where this phone has pulled; null: from nowhere. */
  readonly cursor: () => Promise<string | null>
  /** Pull; resolves when it is done. */
  readonly pull: () => Promise<unknown>
  readonly setTimer: (run: () => void, seconds: number) => number
  readonly clearTimer: (timer: number) => void
  /** A random number from 0 up to 1. */
  readonly chance: () => number
}

export class Nudges {
  readonly #surroundings: NudgeSurroundings
  #listener: Listener | null = null
  #timer: number | null = null
  #failures = 0
  /** Counts starts and stops, so that what was begun before is not gone on with. */
  #turn = 0
  #lastCursor: string | null = null

  constructor(surroundings: NudgeSurroundings) {
    this.#surroundings = surroundings
  }

  /** Begin to listen; nothing if it listens. */
  start(): void {
    if (this.#listener !== null || this.#timer !== null) return
    this.#failures = 0
    this.#again(0)
  }

  stop(): void {
    this.#turn += 1
    this.#listener?.close()
    this.#listener = null
    if (this.#timer !== null) this.#surroundings.clearTimer(this.#timer)
    this.#timer = null
  }

  #again(seconds: number): void {
    const turn = this.#turn
    this.#timer = this.#surroundings.setTimer(() => {
      this.#timer = null
      void this.#listen(turn).catch(() => {
        // The database does not answer: the next start tries again.
      })
    }, seconds)
  }

  async #listen(turn: number): Promise<void> {
    const cursor = await this.#surroundings.cursor()
    if (turn !== this.#turn || this.#listener !== null) return
    // A word that changed nothing here must not come again at once.
    const isTold = cursor !== null && cursor !== this.#lastCursor
    this.#lastCursor = null
    const query = isTold ? `?${new URLSearchParams({ after: cursor }).toString()}` : ''
    this.#listener = this.#surroundings.listen(`${PLACE}${query}`, ({ wasOpen, isNudged }) => {
      this.#listener = null
      if (turn === this.#turn) void this.#ended(turn, wasOpen, isNudged ? cursor : null, isNudged)
    })
  }

  async #ended(
    turn: number,
    wasOpen: boolean,
    cursor: string | null,
    isNudged: boolean,
  ): Promise<void> {
    this.#failures = wasOpen ? 0 : this.#failures + 1
    const { chance } = this.#surroundings
    const pause = wasOpen ? PAUSE_SECONDS * (0.5 + chance()) : waitSeconds(this.#failures, chance())
    if (isNudged) {
      this.#lastCursor = cursor
      await this.#surroundings.pull().catch(() => undefined)
    }
    if (turn === this.#turn && this.#timer === null) this.#again(pause)
  }
}

/** Listen with the browser's own means, which are told to end instead of beginning anew by themselves. */
export function browserListener(
  path: string,
  ended: (how: { readonly wasOpen: boolean; readonly isNudged: boolean }) => void,
): Listener {
  const source = new EventSource(path)
  let wasOpen = false
  const end = (isNudged: boolean): void => {
    source.close()
    ended({ wasOpen, isNudged })
  }
  source.addEventListener('open', () => {
    wasOpen = true
  })
  source.addEventListener('changed', () => {
    end(true)
  })
  source.addEventListener('error', () => {
    end(false)
  })
  return {
    close: () => {
      source.close()
    },
  }
}
