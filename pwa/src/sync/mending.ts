/**
 * What a phone does when a chain cannot go on under its name: the rest of it moves to a fresh actor.
 *
 * Rarely needed, so it is loaded when it is. Each step is on the disk before the next begins; a phone
 * that stops anywhere takes the road again with the same key.
 */
import { branch } from '../api/devices'
import { push, rescue } from '../api/sync'
import { encodeBase64url } from '../core/base64url'
import { linked, type ChainHead } from '../core/operation'
import { moveBranch, type Move } from '../store/branches'
import { newKeyPair, publicJwk, signed, type KeyPair } from '../store/device'
import { BRANCHING, fetchFact, saveFact, type Device } from '../store/meta'
import { NEVER_SENT, operationsFrom, waitingOperations } from '../store/operations'
import { stop, type Phone, type Stop } from './phone'
import {
  nextBatch,
  PUSH_LIMITS,
  pushChain,
  signedBatch,
  type Chain,
  type Obstacle,
  type SignedBatch,
} from './push'
import { asStop, inSession } from './session_renewal'

const READ_AT_ONCE = 500

/** Get a chain past an obstacle; returns null when it can be sent again, else why not. */
export async function mended(
  phone: Phone,
  device: Device,
  chain: Chain,
  met: Obstacle,
  serversNumber: number,
): Promise<Stop | null> {
  switch (met.obstacle) {
    case 'retired':
      return rescued(phone, device, chain)
    case 'unknown':
      // The server came back from before this actor: its branch is one of the actor in use.
      return branchOff(phone, device, chain, { sharedNumber: null, parent: device.actor })
    case 'ahead':
      return branchOff(phone, device, chain, { sharedNumber: chain.head.sequenceNumber })
    case 'archive_gap':
      return branchOff(phone, device, chain, { sharedNumber: null })
    case 'refused': {
      const answer = { st: 'held', code: met.code, field: null, note: NEVER_SENT } as const
      const leftOut = { sequenceNumber: met.sequenceNumber, answer }
      return branchOff(phone, device, chain, { sharedNumber: met.sequenceNumber - 1, leftOut })
    }
    case 'bad_signature': {
      const misfit = await firstMisfit(phone, chain)
      if (misfit === null) return stop('needs_office', 'bad_signature')
      return branchOff(phone, device, chain, { sharedNumber: misfit - 1 })
    }
    case 'forked': {
      const { matchAt } = met
      const shared = matchAt ?? (await sharedNumber(phone, chain, serversNumber))
      if (shared !== null && typeof shared !== 'number') return shared
      return branchOff(phone, device, chain, { sharedNumber: shared })
    }
  }
}

/**
 * Hand in what a retired former actor had still to send, as the person's own. It may be there already,
 * deposited while nobody was signed in: then it counts from here on.
 */
async function rescued(phone: Phone, device: Device, chain: Chain): Promise<Stop | null> {
  if (chain.isCurrent) return stop('needs_office', 'device_retired')
  const publicKey = await publicJwk(chain.keys.publicKey)
  const waiting = await waitingOperations(phone.database)
  const first = waiting.find(({ actor }) => actor === chain.actor)?.operation.q
  if (first === undefined) return stop('needs_office', 'device_retired')
  const sending = {
    phone,
    self: device.person.id,
    chain,
    limits: PUSH_LIMITS,
    onAnswered: () => undefined,
    post: ({ schema, actor, alg, ops, sig }: SignedBatch) =>
      rescue(phone.fetcher, {
        daywork_rescue: 1,
        schema,
        actor,
        alg,
        public_key: publicKey,
        ops,
        sig,
      }),
  }
  const met = await pushChain(sending, first)
  if (met === null || !('obstacle' in met)) return met
  if (met.obstacle === 'retired') return stop('needs_office', 'device_retired')
  return mended(phone, device, chain, met, chain.head.sequenceNumber)
}

interface Cut extends Pick<Move, 'sharedNumber'> {
  readonly leftOut?: Move['leftOut']
  /** Whose branch the server takes it for, when it does not know the chain's own actor. */
  readonly parent?: string
}

async function branchOff(
  phone: Phone,
  device: Device,
  chain: Chain,
  { sharedNumber: shared, leftOut = null, parent = chain.actor }: Cut,
): Promise<Stop | null> {
  const fresh = await freshActor(phone, chain.actor, parent, shared)
  if ('result' in fresh) return fresh
  const move = { of: chain.actor, sharedNumber: shared, leftOut, fresh }
  await moveBranch(phone.database, device.person.id, move, phone.now())
  phone.onChange?.()
  return null
}

/** Return an actor for the branch of `of`, the one that an earlier try got if there was one. */
async function freshActor(
  phone: Phone,
  of: string,
  parent: string,
  matchAt: number | null,
): Promise<Move['fresh'] | Stop> {
  const { database } = phone
  const begun = await fetchFact(database, BRANCHING)
  const keys = begun?.of === of ? begun.keys : await newKeyPair()
  if (begun?.of === of && begun.actor !== null) return { actor: begun.actor, keys }
  await saveFact(database, BRANCHING, { of, actor: null, keys })
  const body = await branchBody(keys, parent, matchAt)
  const asked = await inSession(phone, () => branch(phone.fetcher, body))
  if (!asked.ok) return asStop(asked.refusal)
  const { actor } = asked.value
  await saveFact(database, BRANCHING, { of, actor, keys })
  return { actor, keys }
}

async function branchBody(
  keys: KeyPair,
  parent: string,
  matchAt: number | null,
): Promise<Parameters<typeof branch>[1]> {
  const text = new TextEncoder().encode(`daywork-branch-v1\n${parent}`)
  return {
    branch_of: parent,
    match_at: matchAt,
    alg: 'ES256',
    public_key: await publicJwk(keys.publicKey),
    proof: encodeBase64url(await signed(keys.privateKey, text)),
  }
}

/**
 * Return the last number that both histories share, or null when it is older than what is kept here.
 *
 * A push of operations that the server has already stores nothing, and is refused with the number
 * behind which they differ, if it lies among them: so they are sent once more, the newest first.
 */
async function sharedNumber(
  phone: Phone,
  chain: Chain,
  serversNumber: number,
): Promise<number | null | Stop> {
  let upTo = Math.min(serversNumber, chain.head.sequenceNumber)
  while (upTo > 0) {
    const first = Math.max(1, upTo - PUSH_LIMITS.operations + 1)
    const cut = { ...chain, head: { ...chain.head, sequenceNumber: upTo } }
    const batch = await nextBatch(phone, cut, first, PUSH_LIMITS)
    const [oldest] = batch
    if (oldest === undefined) return null
    const body = await signedBatch(chain, batch)
    const answered = await inSession(phone, () => push(phone.fetcher, body))
    if (answered.ok) return batch.at(-1)?.operation.q ?? null
    const { refusal } = answered
    if (!('kind' in refusal) || refusal.kind !== 'refused' || refusal.code !== 'forked') {
      return asStop(refusal)
    }
    if (refusal.problem.match_at !== null) return refusal.problem.match_at
    upTo = oldest.operation.q - 1
  }
  return null
}

/** Return the number of the first kept operation whose hash does not follow from the one before. */
async function firstMisfit(
  { database }: Phone,
  { actor, head: { sequenceNumber } }: Chain,
): Promise<number | null> {
  let before: ChainHead | null = null
  for (let next = 1; next <= sequenceNumber;) {
    const found = await operationsFrom(database, actor, next, READ_AT_ONCE)
    for (const { operation } of found) {
      const { q, h } = operation
      if (q > sequenceNumber) return null
      const link: ChainHead | null = q === 1 ? { actor, sequenceNumber: 0, hash: null } : before
      if (link !== null && linked(link, operation).h !== h) return q
      before = { actor, sequenceNumber: q, hash: h }
    }
    if (before === null || found.length === 0) return null
    next = before.sequenceNumber + 1
  }
  return null
}
