/** The server's side of notifications: its key, and where this phone can be reached. */
import type { Result } from '../core/result'
import { called, type ApiError, type Fetcher } from './client'
import { anything } from '../core/shape'
import { pushKeyShape } from './wire'

export interface SubscriptionBody {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
  readonly language: string
}

export async function applicationServerKey(
  fetcher: Fetcher,
): Promise<Result<{ key: string }, ApiError>> {
  return called(fetcher, { method: 'GET', path: '/v1/web-push/key', answer: pushKeyShape })
}

export async function putSubscription(
  fetcher: Fetcher,
  body: SubscriptionBody,
): Promise<Result<unknown, ApiError>> {
  const path = '/v1/web-push/subscription'
  return called(fetcher, { method: 'PUT', path, body, answer: anything })
}

export async function deleteSubscription(fetcher: Fetcher): Promise<Result<unknown, ApiError>> {
  const path = '/v1/web-push/subscription'
  return called(fetcher, { method: 'DELETE', path, answer: anything })
}
