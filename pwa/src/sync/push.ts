/** Sends one actor's chain from a number on, until the server has answered for all of it. */
import { push, PROTOCOL } from '../api/sync'
import type { ApiError } from '../api/client'
import type { Push } from '../api/wire'
import { decodeBase64url, encodeBase64url } from '../core/base64url'
import type { Answer } from '../core/entry_record'
import { SCHEMA, type WireOperation } from '../core/operation'
import { signed } from '../store/device'
import { writeAnswers } from '../store/entries'
import { markTried, operationsFrom } from '../store/operations'
import { stop, type Phone, type Stop } from './phone'
import { asStop, inSession } from './session_renewal'
import type { StoredOperation } from '../store/schema'

/** One actor of this phone with the key that signs for it. */
export interface Chain {
  readonly actor: string
  readonly privateKey: CryptoKey
}

export interface PushLimits {
  readonly operations: number
  readonly bytes: number
}

export const PUSH_LIMITS: PushLimits = { operations: 200, bytes: 262_144 }
/** What the batch has besides its operations: names, signature, spaces. */
const ENVELOPE_BYTES = 1024
const GAPS_MAX = 3

interface Sending {
  readonly phone: Phone
  readonly self: string
  readonly chain: Chain
  readonly limits: PushLimits
  readonly onAnswered: (count: number) => void
}

/** Push the chain's operations from number `first` on; returns why it stopped, or null. */
export async function pushChain(sending: Sending, first: number): Promise<Stop | null> {
  const { phone, chain, limits } = sending
  let next = first
  let size = limits.operations
  let gaps = 0
  for (;;) {
    const found = await operationsFrom(phone.database, chain.actor, next, size)
    const batch = withinBytes(found, limits.bytes)
    const last = batch.at(-1)
    if (last === undefined) return null
    if (batch[0]?.operation.q !== next) return stop('needs_office', 'archive_gap')
    const sent = await sendBatch(sending, batch, last.operation)
    if (sent.kind === 'answered') {
      if (sent.upTo < next) return stop('failed', 'no_results')
      next = sent.upTo + 1
      size = limits.operations
    } else if (sent.kind === 'too_much' && batch.length > 1) {
      size = Math.ceil(batch.length / 2)
    } else if (sent.kind === 'gap' && gaps < GAPS_MAX && sent.need !== next) {
      gaps += 1
      next = sent.need
    } else {
      return sent.stop
    }
  }
}

type Sent =
  | { readonly kind: 'answered'; readonly upTo: number }
  | { readonly kind: 'too_much'; readonly stop: Stop }
  | { readonly kind: 'gap'; readonly need: number; readonly stop: Stop }
  | { readonly kind: 'stopped'; readonly stop: Stop }

async function sendBatch(
  { phone, self, chain, onAnswered }: Sending,
  batch: readonly StoredOperation[],
  last: WireOperation,
): Promise<Sent> {
  const hash = decodeBase64url(last.h)
  if (hash === null) return { kind: 'stopped', stop: stop('needs_office', 'bad_hash') }
  const signature = await signed(chain.privateKey, hash)
  await markTried(phone.database, batch, phone.now())
  const pushed = await inSession(phone, () =>
    push(phone.fetcher, {
      proto: PROTOCOL,
      schema: SCHEMA,
      actor: chain.actor,
      alg: 'ES256',
      ops: batch.map(({ operation }) => operation),
      sig: encodeBase64url(signature),
    }),
  )
  if (!pushed.ok) return refused(pushed.refusal)
  const answers = answersInOrder(batch, pushed.value)
  await writeAnswers(phone.database, self, chain.actor, answers, phone.now())
  onAnswered(answers.length)
  phone.onChange?.()
  return { kind: 'answered', upTo: answers.at(-1)?.sequenceNumber ?? 0 }
}

function refused(refusal: ApiError | Stop): Sent {
  const reason = asStop(refusal)
  if (!('kind' in refusal) || refusal.kind !== 'refused') return { kind: 'stopped', stop: reason }
  const { code, status, problem } = refusal
  if (code === 'gap' && problem.need !== null) {
    return { kind: 'gap', need: problem.need, stop: reason }
  }
  if (status === 413) return { kind: 'too_much', stop: stop('needs_office', 'too_large') }
  if (code === 'malformed_body') return { kind: 'too_much', stop: stop('needs_office', code) }
  return { kind: 'stopped', stop: reason }
}

/** Return the answers up to the first operation that has none. */
function answersInOrder(
  batch: readonly StoredOperation[],
  { results }: Push,
): readonly { readonly sequenceNumber: number; readonly answer: Answer }[] {
  const byNumber = new Map(results.map((result) => [result.q, result]))
  const answers: { sequenceNumber: number; answer: Answer }[] = []
  for (const { operation } of batch) {
    const result = byNumber.get(operation.q)
    if (result === undefined) break
    const answer = answerOf(result)
    if (answer === null) break
    answers.push({ sequenceNumber: operation.q, answer })
  }
  return answers
}

/** Return the answer to one operation; a duplicate's is the one that was given first. */
function answerOf(result: Push['results'][number]): Answer | null {
  const { st, code, field, note } = result
  return st === 'duplicate' ? result.result : { st, code, field, note }
}

/** Return as many operations as fit into a body; at least one. */
function withinBytes(
  found: readonly StoredOperation[],
  bytesMax: number,
): readonly StoredOperation[] {
  const encoder = new TextEncoder()
  let bytes = ENVELOPE_BYTES
  const fitting = found.findIndex(({ operation }, at) => {
    bytes += encoder.encode(JSON.stringify(operation)).length + 1
    return bytes > bytesMax && at > 0
  })
  return fitting < 0 ? found : found.slice(0, fitting)
}
