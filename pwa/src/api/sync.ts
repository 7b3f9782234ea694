/** The endpoints of the sync protocol, version 1. */
import type { Result } from '../core/result'
import { SCHEMA, type WireOperation } from '../core/operation'
import { anything } from '../core/shape'
import { called, type ApiError, type Fetcher } from './client'
import {
  depositShape,
  helloShape,
  historyShape,
  pullShape,
  pushShape,
  referenceShape,
  type Deposit,
  type Hello,
  type History,
  type Pull,
  type Push,
} from './wire'

export interface HelloBody {
  readonly proto: readonly [least: number, most: number]
  readonly schema: number
  readonly app: string
  readonly now: string
  readonly actors: readonly { readonly a: string; readonly q: number; readonly h: string | null }[]
  readonly pending: number
  readonly oldest: string | null
  readonly cursor: string | null
  readonly store: { readonly persisted: boolean; readonly free_mb: number | null }
}

export interface PushBody {
  readonly proto: number
  readonly schema: number
  readonly actor: string
  readonly alg: 'ES256'
  readonly ops: readonly WireOperation[]
  readonly sig: string
}

export async function hello(fetcher: Fetcher, body: HelloBody): Promise<Result<Hello, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/sync/hello', body, answer: helloShape })
}

export async function push(fetcher: Fetcher, body: PushBody): Promise<Result<Push, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/sync/push', body, answer: pushShape })
}

/** Hand operations in without a session; nothing readable comes back. */
export async function deposit(
  fetcher: Fetcher,
  body: PushBody,
): Promise<Result<Deposit, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/sync/deposit', body, answer: depositShape })
}

export interface RescueBody {
  readonly daywork_rescue: 1
  readonly schema: number
  readonly actor: string
  readonly alg: 'ES256'
  readonly public_key: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>
  readonly ops: readonly WireOperation[]
  readonly sig: string
}

/** Hand operations of a retired actor in as the person that they are of. */
export async function rescue(fetcher: Fetcher, body: RescueBody): Promise<Result<Push, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/sync/rescue', body, answer: pushShape })
}

/** Read the page behind `cursor`; null begins at the start. `check`: with the sums of all scopes. */
export async function pull(
  fetcher: Fetcher,
  cursor: string | null,
  limit: number,
  check: boolean,
): Promise<Result<Pull, ApiError>> {
  const query = new URLSearchParams({ limit: String(limit), schema: String(SCHEMA) })
  if (check) query.set('check', '1')
  if (cursor !== null) query.set('cursor', cursor)
  const path = `/v1/sync/pull?${query.toString()}`
  return called(fetcher, { method: 'GET', path, answer: pullShape })
}

/** Read who wrote what of one entry; `id` as the wire spells it (`te:...`). */
export async function history(fetcher: Fetcher, id: string): Promise<Result<History, ApiError>> {
  const path = `/v1/entries/${encodeURIComponent(id)}/history`
  return called(fetcher, { method: 'GET', path, answer: historyShape })
}

export type QuestionAnswer = 'nothing_missing' | 'entered_again' | 'count_it_anyway'

/** Answer a question of `hello`. */
export async function answerQuestion(
  fetcher: Fetcher,
  id: string,
  answer: QuestionAnswer,
): Promise<Result<unknown, ApiError>> {
  const path = `/v1/sync/questions/${encodeURIComponent(id)}`
  return called(fetcher, { method: 'POST', path, body: { answer }, answer: anything })
}

export async function reference(fetcher: Fetcher) {
  return called(fetcher, { method: 'GET', path: '/v1/reference', answer: referenceShape })
}
