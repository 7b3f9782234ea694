/** Enrolment and sessions: the session itself is a cookie that no script sees. */
import type { Result } from '../core/result'
import { called, type ApiError, type Fetcher } from './client'
import { anything } from '../core/shape'
import { challengeShape, enrolmentShape, sessionShape, type Enrolment } from './wire'

export interface EnrolmentBody {
  readonly invite: string
  readonly label: string
  readonly platform: string
  readonly alg: 'ES256'
  readonly public_key: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>
  readonly proof: string
}

export async function enrol(
  fetcher: Fetcher,
  body: EnrolmentBody,
): Promise<Result<Enrolment, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/devices', body, answer: enrolmentShape })
}

/** Ask for the nonce that a device signs to get a new session. */
export async function challenge(
  fetcher: Fetcher,
  actor: string,
): Promise<Result<{ nonce: string }, ApiError>> {
  return called(fetcher, {
    method: 'POST',
    path: '/v1/sessions/challenge',
    body: { actor },
    answer: challengeShape,
  })
}

export async function openSession(
  fetcher: Fetcher,
  body: { readonly actor: string; readonly nonce: string; readonly sig: string },
): Promise<Result<unknown, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/sessions', body, answer: anything })
}

/** Ask who the session is; roles and names may have changed since the enrolment. */
export async function whoAmI(fetcher: Fetcher): Promise<Result<Enrolment, ApiError>> {
  return called(fetcher, { method: 'GET', path: '/v1/session', answer: sessionShape })
}

export async function closeSession(fetcher: Fetcher): Promise<Result<unknown, ApiError>> {
  return called(fetcher, { method: 'DELETE', path: '/v1/session', answer: anything })
}
