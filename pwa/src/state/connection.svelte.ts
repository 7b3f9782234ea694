/** What the last exchange with the server said. Never what the phone believes about its network. */
import { askingEntries } from '../store/entries'
import { EXCHANGE, FEED, fetchFact, type ExchangeResult } from '../store/meta'
import { waitingCount } from '../store/operations'
import type { Nudges } from '../sync/nudges'
import type { Progress } from '../sync/phone'
import { Schedule } from '../sync/schedule'
import { announce } from '../store/announcements'
import { follow, localOrNull, openedLocal, refreshAll } from './local.svelte'

export type { Progress } from '../sync/phone'
export type { ExchangeResult as Exchange } from '../store/meta'

export type Chip =
  /** Everything is with the office; `at` null: nothing was ever sent. */
  | { readonly kind: 'all_sent'; readonly at: number | null }
  | { readonly kind: 'on_phone'; readonly count: number }
  | { readonly kind: 'needs_you'; readonly count: number }
  | { readonly kind: 'sending'; readonly done: number; readonly total: number }
  | { readonly kind: 'sign_in'; readonly count: number }
  | { readonly kind: 'needs_office' }

interface Known {
  readonly exchange: ExchangeResult
  readonly contactAt: number | null
  readonly detail: string | null
  readonly waiting: number
  readonly asking: number
}

let known = $state.raw<Known>({
  exchange: 'never',
  contactAt: null,
  detail: null,
  waiting: 0,
  asking: 0,
})
let progress = $state.raw<Progress | null>(null)
let nextTryAt = $state.raw<number | null>(null)

export const connection = {
  /** How the last exchange ended. */
  get exchange(): ExchangeResult {
    return known.exchange
  },
  /** When the server last answered. */
  get contactAt(): number | null {
    return known.contactAt
  },
  /** The protocol's word for what stopped the last exchange; for diagnostics. */
  get detail(): string | null {
    return known.detail
  },
  /**
   * Whether the server gives this version no rows any more: what is written still goes out, what
   * others write is seen only after the app was updated.
   */
  get upgradeDemanded(): boolean {
    return known.exchange === 'update_required'
  },
  /** How far a running exchange is; null when nothing goes out. */
  get progress(): Progress | null {
    return progress
  },
  get nextTryAt(): number | null {
    return nextTryAt
  },
  /** The one line that is on every screen. */
  get chip(): Chip {
    if (known.exchange === 'needs_office') return { kind: 'needs_office' }
    if (known.exchange === 'sign_in') return { kind: 'sign_in', count: known.waiting }
    if (progress !== null) return { kind: 'sending', ...progress }
    if (known.asking > 0) return { kind: 'needs_you', count: known.asking }
    if (known.waiting > 0) return { kind: 'on_phone', count: known.waiting }
    return { kind: 'all_sent', at: known.contactAt }
  },
}

const SOON_MILLISECONDS = 100

let nudges: Nudges | null = null

const chance = (): number => Math.random()
const setTimer = (run: () => void, seconds: number): number =>
  window.setTimeout(run, seconds * 1000)
const clearTimer = (timer: number): void => {
  clearTimeout(timer)
}

const schedule = new Schedule({
  exchange: async () => {
    // The first screen is painted without it.
    const { exchange } = await import('../sync/exchange')
    return exchange({
      database: openedLocal().database,
      fetcher: (path, init) => fetch(path, init),
      now: () => Date.now(),
      onProgress: (next) => {
        progress = next
      },
      onChange: () => {
        announce('changed')
        void refreshAll()
      },
    })
  },
  chance,
  setTimer,
  clearTimer,
  onPlan: (seconds) => {
    nextTryAt = seconds === null ? null : Math.floor(Date.now() / 1000 + seconds)
  },
})

/** Exchange with the server now. */
export async function exchangeNow(): Promise<void> {
  await schedule.now()
  await refreshAll()
}

/** Exchange because something was written, a moment later, so that the tap is painted first. */
export function exchangeSoon(): void {
  later(() => schedule.written())
}

/** Exchange because network, screen, notification or server gave a sign. */
export function exchangeAnew(): void {
  later(() => schedule.now())
}

/** Exchange at the start, when the app comes to the front and when the phone says it is online. */
export function startExchanging(): void {
  exchangeAnew()
  addEventListener('online', exchangeOnline)
  document.addEventListener('visibilitychange', exchangeWhenSeen)
  void listenForNudges()
}

export function stopExchanging(): void {
  schedule.stop()
  nudges?.stop()
}

/** Do nothing when nobody is here then. */
function later(run: () => Promise<unknown> | null): void {
  setTimeout(() => {
    if (localOrNull() !== null) void run()?.catch(() => undefined)
  }, SOON_MILLISECONDS)
}

/** Named, so that the next person who signs in on this phone does not add it a second time. */
function exchangeOnline(): void {
  exchangeAnew()
  // What could not be listened to without a network is tried now, not after the wait.
  nudges?.stop()
  void listenForNudges()
}

function exchangeWhenSeen(): void {
  if (document.visibilityState !== 'visible') {
    nudges?.stop()
    return
  }
  exchangeAnew()
  void listenForNudges()
}

/** The server's word saves waiting; without it the timer remains. */
async function listenForNudges(): Promise<void> {
  if (!('EventSource' in globalThis)) return
  const module = await import('../sync/nudges').catch(() => null)
  if (module === null || document.visibilityState !== 'visible' || localOrNull() === null) return
  nudges ??= new module.Nudges({
    listen: module.browserListener,
    cursor: async () => (await fetchFact(openedLocal().database, FEED)).cursor,
    pull: () => schedule.now(),
    chance,
    setTimer,
    clearTimer,
  })
  nudges.start()
}

follow(async ({ database }) => {
  const last = await fetchFact(database, EXCHANGE)
  known = {
    exchange: last.result,
    contactAt: last.contactAt,
    detail: last.detail,
    waiting: await waitingCount(database),
    asking: (await askingEntries(database)).length,
  }
})
