/** What the office reads about postings. */
import type { Result } from '../core/result'
import { called, type ApiError, type Fetcher } from './client'
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
