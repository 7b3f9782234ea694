/**
 * When to talk to the server: soon after a save, at the start, when the app comes to the front, when
 * the phone says it is online, by a timer while the app is open, and when a notification comes.
 * Background Sync is a bonus that some browsers have.
 */
import { waitSeconds } from '../core/backoff'
import type { ExchangeState } from '../store/meta'

const QUIET_SECONDS = 60
const SYNC_TAG = 'outbox'

export interface Surroundings {
  readonly exchange: () => Promise<ExchangeState>
  /** A random number from 0 up to 1. */
  readonly chance: () => number
  readonly setTimer: (run: () => void, seconds: number) => number
  readonly clearTimer: (timer: number) => void
  /** Told when the next try is due, in seconds from now; null while one is running. */
  readonly onPlan: (inSeconds: number | null) => void
}

/** Runs exchanges one after the other and plans the next one. */
export class Schedule {
  readonly #surroundings: Surroundings
  #running: Promise<ExchangeState> | null = null
  #next: Promise<ExchangeState> | null = null
  #timer: number | null = null
  #isStopped = false

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /**
   * Exchange now. A call during an exchange gets one that begins after it, because the running one
   * may have looked at the outbox already; several such calls share it.
   */
  now(): Promise<ExchangeState> {
    this.#isStopped = false
    if (this.#running === null) return this.#begin()
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    )
    return this.#next
  }

  /** Plan nothing any more until the next call of `now`; an exchange that runs is let end. */
  stop(): void {
    this.#isStopped = true
    this.#forgetTimer()
  }

  #forgetTimer(): void {
    if (this.#timer !== null) this.#surroundings.clearTimer(this.#timer)
    this.#timer = null
  }

  #begin(): Promise<ExchangeState> {
    this.#next = null
    this.#forgetTimer()
    this.#surroundings.onPlan(null)
    const running = this.#surroundings.exchange().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    void running.then(
      (state) => {
        this.#plan(state)
      },
      () => {
        this.#planIn(waitSeconds(1, this.#surroundings.chance()))
      },
    )
    return running
  }

  #plan(state: ExchangeState): void {
    if (state.failures === 0) this.#planIn(QUIET_SECONDS * (1 + this.#surroundings.chance()))
    else {
      const chance = this.#surroundings.chance()
      this.#planIn(waitSeconds(state.failures, chance, state.retryAfterSeconds))
    }
  }

  #planIn(seconds: number): void {
    this.#forgetTimer()
    if (this.#isStopped) return
    this.#timer = this.#surroundings.setTimer(() => {
      this.#timer = null
      // Whoever waits for this exchange reads its outcome from the database.
      void this.now().catch(() => undefined)
    }, seconds)
    this.#surroundings.onPlan(seconds)
  }
}

/** Ask the browser to wake the worker when there is a connection, where it can. */
export async function askForBackgroundSync(registration: ServiceWorkerRegistration): Promise<void> {
  if (!hasSync(registration)) return
  try {
    await registration.sync.register(SYNC_TAG)
  } catch {
    // Switched off by the person or by the battery saver: the other triggers remain.
  }
}

interface WithSync {
  readonly sync: { register(tag: string): Promise<void> }
}

function hasSync(
  registration: ServiceWorkerRegistration,
): registration is ServiceWorkerRegistration & WithSync {
  return 'sync' in registration
}
