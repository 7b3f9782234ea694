/** A session that ended is renewed with the key of the device; nobody has to type anything. */
import type { ApiError } from '../api/client'
import { challenge, openSession } from '../api/sessions'
import { encodeBase64url } from '../core/base64url'
import type { Result } from '../core/result'
import { deviceOf, signed } from '../store/device'
import { stop, stopOf, type Phone, type Stop } from './phone'

/** Do `call`; when the session had ended, renew it and do `call` once more. */
export async function inSession<Value>(
  phone: Phone,
  call: () => Promise<Result<Value, ApiError>>,
): Promise<Result<Value, ApiError | Stop>> {
  const first = await call()
  if (first.ok || !isSessionOver(first.refusal)) return first
  const refusal = await renewSession(phone)
  return refusal === null ? call() : { ok: false, refusal }
}

/** Open a new session with the device's key; returns why it was not possible, or null. */
export async function renewSession(phone: Phone): Promise<Stop | null> {
  const device = await deviceOf(phone.database)
  if (device === null) return stop('sign_in', 'not_enrolled')
  const asked = await challenge(phone.fetcher, device.actor)
  if (!asked.ok) return stopOfRenewal(asked.refusal)
  const text = `daywork-session-v1\n${device.actor}\n${asked.value.nonce}`
  const signature = await signed(device.keys.privateKey, new TextEncoder().encode(text))
  const opened = await openSession(phone.fetcher, {
    actor: device.actor,
    nonce: asked.value.nonce,
    sig: encodeBase64url(signature),
  })
  return opened.ok ? null : stopOfRenewal(opened.refusal)
}

/** Return whether a refusal is of our own making or the server's. */
export function isStop(refusal: ApiError | Stop): refusal is Stop {
  return 'result' in refusal
}

/** Return what a refused call means for the exchange. */
export function asStop(refusal: ApiError | Stop): Stop {
  return isStop(refusal) ? refusal : stopOf(refusal)
}

function isSessionOver(error: ApiError): boolean {
  return error.kind === 'refused' && error.status === 401 && error.code !== 'bad_signature'
}

/** A server that does not take the key back says 4xx in several ways; all mean: sign in. */
function stopOfRenewal(error: ApiError): Stop {
  const reason = stopOf(error)
  const isRefusal = error.kind === 'refused' && error.status < 500 && error.status !== 429
  return isRefusal && reason.result !== 'needs_office' ? stop('sign_in', reason.detail) : reason
}
