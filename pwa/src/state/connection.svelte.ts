/** What the last exchange with the server said. Never what the phone believes about its network. */

export type Exchange =
  /** No exchange has been tried since the app was installed. */
  | 'never'
  | 'ok'
  /** No answer: no signal, or the server is away. */
  | 'unreachable'
  /** The server asked to wait. */
  | 'busy'
  /** The session ended and this phone could not renew it. */
  | 'sign_in'
  /** The chain of this phone disagrees with the server's. */
  | 'needs_office'
  /** This version of the app may send but no longer read. */
  | 'update_required'
  /** An answer that this version does not understand. */
  | 'failed'

export interface Progress {
  readonly done: number
  readonly total: number
}

export type Chip =
  /** Everything is with the office; `at` null: nothing was ever sent. */
  | { readonly kind: 'all_sent'; readonly at: number | null }
  | { readonly kind: 'on_phone'; readonly count: number }
  | { readonly kind: 'needs_you'; readonly count: number }
  | { readonly kind: 'sending'; readonly done: number; readonly total: number }
  | { readonly kind: 'sign_in'; readonly count: number }
  | { readonly kind: 'needs_office' }

interface Known {
  readonly exchange: Exchange
  readonly contactAt: number | null
  readonly progress: Progress | null
  readonly nextTryAt: number | null
}

let known = $state.raw<Known>({
  exchange: 'never',
  contactAt: null,
  progress: null,
  nextTryAt: null,
})

export const connection = {
  /** How the last exchange ended. */
  get exchange(): Exchange {
    return known.exchange
  },
  /** When the server last answered. */
  get contactAt(): number | null {
    return known.contactAt
  },
  /** How far a running exchange is; null when none is running. */
  get progress(): Progress | null {
    return known.progress
  },
  get nextTryAt(): number | null {
    return known.nextTryAt
  },
  /** The one line that is on every screen. */
  get chip(): Chip {
    return { kind: 'all_sent', at: known.contactAt }
  },
}
