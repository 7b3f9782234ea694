/** What the office reads about postings. */
import type { Result } from '../core/result'
import { called, type ApiError, type Fetcher } from './client'
import { anything } from '../core/shape'
import { postingsShape, type PostingsAnswer } from './wire'

export async function postings(
  fetcher: Fetcher,
  state: string,
  limit: number,
): Promise<Result<PostingsAnswer, ApiError>> {
  const query = new URLSearchParams({ state, limit: String(limit) })
  const path = `/v1/postings?${query.toString()}`
  return called(fetcher, { method: 'GET', path, answer: postingsShape })
}

/** Read how a posted hour came to be; its form is the server's own list of steps. */
export async function explanation(
  fetcher: Fetcher,
  entry: string,
): Promise<Result<unknown, ApiError>> {
  const path = `/v1/postings/${encodeURIComponent(entry)}/explanation`
  return called(fetcher, { method: 'GET', path, answer: anything })
}
