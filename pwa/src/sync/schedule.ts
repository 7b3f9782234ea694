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

/**
 * Runs exchanges one after the other and plans the next one.
 *
 * The timer is its own: what is written meanwhile is tried at once, but neither puts the next try off
 * nor makes the waits grow. A sign that things are better begins with short waits again.
 */
export class Schedule {
  readonly #surroundings: Surroundings
  #running: Promise<ExchangeState> | null = null
  #next: Promise<ExchangeState> | null = null
  #timer: number | null = null
  #isStopped = false
  /** How many tries of the timer failed one after the other. */
  #failedTries = 0
  /** Whether the server asked to be left alone until the timer. */
  #isAskedToWait = false
  /** Whether the timer is one of a retry; that of a quiet phone is too long for one. */
  #isRetryPlanned = false

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /**
   * Exchange now, and begin with short waits: somebody asked for it, or the network, the screen or
   * the server gave a sign. A call during an exchange gets one that begins after it, because the
   * running one may have looked at the outbox already; several such calls share it.
   */
  now(): Promise<ExchangeState> {
    this.#failedTries = 0
    this.#isAskedToWait = false
    this.#forgetTimer()
    return this.#exchange()
  }

  /** Exchange because something was written; null while the server asks to be left alone. */
  written(): Promise<ExchangeState> | null {
    return this.#isAskedToWait ? null : this.#exchange()
  }

  /** Plan nothing any more until the next call; an exchange that runs is let end. */
  stop(): void {
    this.#isStopped = true
    this.#forgetTimer()
  }

  #exchange(): Promise<ExchangeState> {
    this.#isStopped = false
    if (this.#running === null) return this.#begin()
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    )
    return this.#next
  }

  #forgetTimer(): void {
    if (this.#timer !== null) this.#surroundings.clearTimer(this.#timer)
    this.#timer = null
  }

  #begin(): Promise<ExchangeState> {
    this.#next = null
    if (this.#timer === null) this.#surroundings.onPlan(null)
    const running = this.#surroundings.exchange().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    void running.then(
      (state) => {
        this.#plan(state)
      },
      () => {
        this.#planRetry(null)
      },
    )
    return running
  }

  #plan({ failures, retryAfterSeconds }: ExchangeState): void {
    this.#isAskedToWait = false
    if (failures > 0) {
      this.#planRetry(retryAfterSeconds)
      return
    }
    this.#failedTries = 0
    this.#planIn(QUIET_SECONDS * (1 + this.#surroundings.chance()))
  }

  #planRetry(retryAfterSeconds: number | null): void {
    this.#isAskedToWait = retryAfterSeconds !== null
    const isPlanned = this.#timer !== null && retryAfterSeconds === null
    if (isPlanned && this.#isRetryPlanned) return
    const chance = this.#surroundings.chance()
    this.#planIn(waitSeconds(this.#failedTries + 1, chance, retryAfterSeconds))
    this.#isRetryPlanned = true
  }

  #planIn(seconds: number): void {
    this.#forgetTimer()
    this.#isRetryPlanned = false
    if (this.#isStopped) return
    this.#timer = this.#surroundings.setTimer(() => {
      this.#timer = null
      if (this.#isRetryPlanned) this.#failedTries += 1
      // Whoever waits for this exchange reads its outcome from the database.
      void this.#exchange().catch(() => undefined)
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
