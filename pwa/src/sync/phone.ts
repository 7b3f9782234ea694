/** What an exchange with the server needs of its surroundings; tests give their own. */
import type { ApiError, Fetcher } from '../api/client'
import type { PhoneDatabase } from '../store/database'
import type { ExchangeResult } from '../store/meta'

export interface Phone {
  readonly database: PhoneDatabase
  readonly fetcher: Fetcher
  /** The phone's clock in milliseconds since 1970. */
  readonly now: () => number
  /** Told while operations go out; null at the end. */
  readonly onProgress?: (progress: Progress | null) => void
  /** Told after rows or answers were written. */
  readonly onChange?: () => void
}

export interface Progress {
  readonly done: number
  readonly total: number
}

/**
 * Do `work` while no other tab and no worker talks to the server for this database, or reject when
 * `limit` says so before it is our turn. (Numbers of operations need no lock: each is taken in the
 * transaction that writes it, and those come one after the other in all contexts.)
 */
export async function alone<Value>(
  database: PhoneDatabase,
  work: () => Promise<Value>,
  limit?: AbortSignal,
): Promise<Value> {
  const options = limit === undefined ? {} : { signal: limit }
  return navigator.locks.request(`${database.name}-exchange`, options, work)
}

/** Why an exchange ended early. */
export interface Stop {
  readonly result: Exclude<ExchangeResult, 'never' | 'ok'>
  readonly retryAfterSeconds: number | null
  /** The word for it, for diagnostics and for the office. */
  readonly detail: string
}

export function stop(result: Stop['result'], detail: string): Stop {
  return { result, detail, retryAfterSeconds: null }
}

const FOR_THE_OFFICE = ['device_retired', 'not_your_device', 'forked', 'gap', 'bad_signature']

/** Return what an error means for the exchange. */
export function stopOf(error: ApiError): Stop {
  if (error.kind === 'unreachable') return stop('unreachable', 'unreachable')
  if (error.kind === 'not_understood') return stop('failed', error.path)
  const { status, code, retryAfterSeconds } = error
  if (status === 426 || code === 'proto_unknown') return stop('update_required', code)
  if (FOR_THE_OFFICE.includes(code)) return stop('needs_office', code)
  if (status === 401) return stop('sign_in', code)
  if (status === 429 || status === 503) return { result: 'busy', detail: code, retryAfterSeconds }
  if (status >= 500) return { result: 'unreachable', detail: String(status), retryAfterSeconds }
  return stop('failed', `${status} ${code}`)
}
