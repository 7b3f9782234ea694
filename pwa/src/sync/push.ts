/** Sends one actor's chain from a number on, until the server has answered for all of it. */
import { push } from '../api/sync'
import type { ApiError } from '../api/client'
import type { Push } from '../api/wire'
import { decodeBase64url, encodeBase64url } from '../core/base64url'
import type { Answer } from '../core/entry_record'
import type { Result } from '../core/result'
import { SCHEMA, type ChainHead } from '../core/operation'
import { PROTOCOL } from '../core/version'
import { signed, type KeyPair } from '../store/device'
import { writeAnswers } from '../store/entries'
import { markTried, operationAt, operationsFrom } from '../store/operations'
import { stop, type Phone, type Stop } from './phone'
import { asStop, inSession } from './session_renewal'
import type { StoredOperation } from '../store/schema'

/** One actor of this phone, with the key that signs for it and the end of what it wrote. */
export interface Chain {
  readonly actor: string
  readonly keys: KeyPair
  readonly head: ChainHead
  /** Whether it is written on, or is one that this phone had before. */
  readonly isCurrent: boolean
}

export interface PushLimits {
  readonly operations: number
  readonly bytes: number
}

/** Why a chain cannot go on as it is; each has a way out, see `mending`. */
export type Obstacle =
  /** The server has another history under this name, from the number behind `matchAt` on. */
  | { readonly obstacle: 'forked'; readonly matchAt: number | null }
  /** The server will never take this one operation. */
  | { readonly obstacle: 'refused'; readonly sequenceNumber: number; readonly code: string }
  /** The server finds that hashes or signature do not fit. */
  | { readonly obstacle: 'bad_signature' }
  /** The server lacks what is no longer kept here. */
  | { readonly obstacle: 'archive_gap' }
  /** A former actor of this phone that the server does not know (any more). */
  | { readonly obstacle: 'unknown' }
  /** The server has more under the name that is written on: a copy of this phone went on with it. */
  | { readonly obstacle: 'ahead' }
  /** The server takes nothing more under this name. */
  | { readonly obstacle: 'retired' }

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
  /** Another way to the same ingest. */
  readonly post?: (batch: SignedBatch) => Promise<Result<Push, ApiError>>
}

/**
 * Push the chain's operations from number `first` on; returns what stopped it, or null.
 *
 * Each batch begins with the operation in front, which the server has: if it was set back meanwhile
 * and a copy of this phone went on there, it answers that the histories differ. Without that one it
 * would hold the first new operation as damaged, take the rest, and never be sent what it lacks.
 */
export async function pushChain(sending: Sending, first: number): Promise<Stop | Obstacle | null> {
  const { phone, chain, limits } = sending
  let next = first
  let size = limits.operations
  let gaps = 0
  for (;;) {
    const known = await operationAt(phone.database, chain.actor, next - 1)
    const room = known === null ? limits : without(limits, known)
    const operations = Math.min(size, room.operations)
    const batch = await nextBatch(phone, chain, next, { ...room, operations })
    const [head] = batch
    if (head === undefined) return null
    if (head.operation.q !== next) return { obstacle: 'archive_gap' }
    const sent = await sendBatch(sending, known, batch)
    if (sent.kind === 'answered') {
      if (sent.upTo < next) return stop('failed', 'no_results')
      next = sent.upTo + 1
      size = limits.operations
    } else if (sent.kind === 'too_much') {
      if (batch.length === 1) {
        return { obstacle: 'refused', sequenceNumber: next, code: sent.code }
      }
      size = Math.ceil(batch.length / 2)
    } else if (sent.kind === 'gap' && gaps < GAPS_MAX && sent.need < next) {
      gaps += 1
      next = sent.need
    } else {
      return sent.stop
    }
  }
}

/** Return the operations from `first` on that fit into a body; at least one if there is any. */
export async function nextBatch(
  phone: Phone,
  { actor, head }: Chain,
  first: number,
  limits: PushLimits,
): Promise<readonly StoredOperation[]> {
  const count = Math.min(limits.operations, head.sequenceNumber - first + 1)
  if (count <= 0) return []
  const found = await operationsFrom(phone.database, actor, first, count)
  const inOrder = found.findIndex(({ operation }, at) => {
    return operation.q !== (found[0]?.operation.q ?? 0) + at || operation.q > head.sequenceNumber
  })
  return withinBytes(inOrder < 0 ? found : found.slice(0, inOrder), limits.bytes)
}

/** Return a chain's operations signed as a batch of the wire. */
export async function signedBatch(
  { actor, keys }: Chain,
  batch: readonly StoredOperation[],
): Promise<SignedBatch> {
  const hash = decodeBase64url(batch.at(-1)?.operation.h ?? '')
  if (hash === null) throw new Error('an operation of this phone has a hash that is none')
  return {
    proto: PROTOCOL,
    schema: SCHEMA,
    actor,
    alg: 'ES256',
    ops: batch.map(({ operation }) => operation),
    sig: encodeBase64url(await signed(keys.privateKey, hash)),
  }
}

export type SignedBatch = Parameters<typeof push>[1]

type Sent =
  | { readonly kind: 'answered'; readonly upTo: number }
  | { readonly kind: 'too_much'; readonly code: string }
  | { readonly kind: 'gap'; readonly need: number; readonly stop: Stop }
  | { readonly kind: 'stopped'; readonly stop: Stop | Obstacle }

async function sendBatch(
  { phone, self, chain, onAnswered, post = (body) => push(phone.fetcher, body) }: Sending,
  known: StoredOperation | null,
  batch: readonly StoredOperation[],
): Promise<Sent> {
  const body = await signedBatch(chain, known === null ? batch : [known, ...batch])
  await markTried(phone.database, batch, phone.now())
  const pushed = await inSession(phone, () => post(body))
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
  if (status === 413) return { kind: 'too_much', code: 'quota' }
  switch (code) {
    case 'malformed_body':
      return { kind: 'too_much', code: 'malformed' }
    case 'gap':
      return problem.need === null
        ? { kind: 'stopped', stop: reason }
        : { kind: 'gap', need: problem.need, stop: reason }
    case 'forked':
      return { kind: 'stopped', stop: { obstacle: 'forked', matchAt: problem.match_at } }
    case 'bad_signature':
      return { kind: 'stopped', stop: { obstacle: 'bad_signature' } }
    case 'device_retired':
      return { kind: 'stopped', stop: { obstacle: 'retired' } }
    default:
      return { kind: 'stopped', stop: reason }
  }
}

/** Return the answers up to the first operation that has none. */
export function answersInOrder(
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

/** Return what is left of the limits beside an operation. */
function without({ operations, bytes }: PushLimits, known: StoredOperation): PushLimits {
  return { operations: Math.max(1, operations - 1), bytes: bytes - bytesOf(known) }
}

function bytesOf({ operation }: StoredOperation): number {
  return new TextEncoder().encode(JSON.stringify(operation)).length + 1
}

/** Return as many operations as fit into a body; at least one. */
function withinBytes(
  found: readonly StoredOperation[],
  bytesMax: number,
): readonly StoredOperation[] {
  let bytes = ENVELOPE_BYTES
  const fitting = found.findIndex((one, at) => {
    bytes += bytesOf(one)
    return bytes > bytesMax && at > 0
  })
  return fitting < 0 ? found : found.slice(0, fitting)
}
