/** One request to the server of this site, with every way in which it can go wrong as a value. */
import { err, ok, type Result } from '../core/result'
import {
  fitted,
  MISFIT,
  number,
  objectOf,
  optional,
  text,
  type Shape,
  type Shaped,
} from '../core/shape'

const TIME_LIMIT_MILLISECONDS = 20_000

export type ApiError =
  /** No answer: no signal, the server is away, or it took too long. */
  | { readonly kind: 'unreachable' }
  | {
      readonly kind: 'refused'
      readonly status: number
      /** The protocol's word for it; `unknown` when the answer had none. */
      readonly code: string
      readonly retryAfterSeconds: number | null
      readonly problem: Problem
    }
  /** An answer that has not the form this version knows. */
  | { readonly kind: 'not_understood'; readonly path: string }

const problemShape = objectOf({
  code: optional(text, null),
  need: optional(number, null),
  match_at: optional(number, null),
})

export type Problem = Shaped<typeof problemShape>

export type Fetcher = (path: string, init: RequestInit) => Promise<Response>

export interface Call<Value> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly answer: Shape<Value>
}

/** Send a request and read its answer. */
export async function called<Value>(
  fetcher: Fetcher,
  call: Call<Value>,
): Promise<Result<Value, ApiError>> {
  let response: Response
  try {
    response = await fetcher(call.path, requestOf(call))
  } catch {
    return err({ kind: 'unreachable' })
  }
  const read = await bodyOf(response)
  if (!response.ok) return err(refusalOf(response, read))
  if (read === UNREADABLE) return err({ kind: 'unreachable' })
  const answer = call.answer(read)
  return answer === MISFIT ? err({ kind: 'not_understood', path: call.path }) : ok(answer)
}

function requestOf(call: Call<unknown>): RequestInit {
  return {
    method: call.method,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_LIMIT_MILLISECONDS),
    ...(call.body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(call.body),
        }),
  }
}

const UNREADABLE = Symbol('the body broke off')

/** Return the body as JSON, undefined when it is empty, UNREADABLE when it broke off. */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return UNREADABLE
  }
}

function refusalOf(response: Response, body: unknown): ApiError {
  const problem = fitted(problemShape, body) ?? { code: null, need: null, match_at: null }
  return {
    kind: 'refused',
    status: response.status,
    code: problem.code ?? 'unknown',
    retryAfterSeconds: retryAfterOf(response.headers.get('retry-after')),
    problem,
  }
}

/** Return the seconds of a Retry-After header; a date in it is read against the phone's clock. */
function retryAfterOf(header: string | null): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, Math.round((at - Date.now()) / 1000))
}
