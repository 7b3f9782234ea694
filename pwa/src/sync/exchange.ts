/**
 * One exchange with the server: hello, push until drained, pull until there is no more.
 *
 * Page and worker call the same function; a lock that all contexts of the browser share lets one run
 * at a time. An exchange that finds new operations at its end sends them too, and a call that comes
 * while one is running is answered by a run that begins after it, so nothing written is left behind.
 */
import { APP_VERSION, hello, PROTOCOL } from '../api/sync'
import type { Hello } from '../api/wire'
import { instantOf, instantText } from '../core/instant'
import { SCHEMA, type ChainHead } from '../core/operation'
import { chainHead, deviceOf } from '../store/device'
import { restartFeed } from '../store/entries'
import {
  EXCHANGE,
  FEED,
  fetchFact,
  FORMER_ACTORS,
  QUESTIONS,
  saveFact,
  type Device,
  type ExchangeState,
  type OpenQuestion,
} from '../store/meta'
import { operationAt, purgeArchive, waitingCount, waitingOperations } from '../store/operations'
import { stop, type Phone, type Stop } from './phone'
import { pullAll } from './pull'
import { PUSH_LIMITS, pushChain, type Chain, type PushLimits } from './push'
import { asStop, inSession } from './session_renewal'
import { storageState } from './storage_state'
import type { StoredOperation } from '../store/schema'

const ROUNDS_MAX = 20

interface OwnChain extends Chain {
  readonly head: ChainHead
}

/** Exchange with the server; returns how it ended, which is also kept for every screen. */
export async function exchange(phone: Phone): Promise<ExchangeState> {
  return navigator.locks.request(`${phone.database.name}-exchange`, async () => {
    const stopped = await exchanged(phone)
    phone.onProgress?.(null)
    return remember(phone, stopped)
  })
}

async function exchanged(phone: Phone): Promise<Stop | null> {
  const device = await deviceOf(phone.database)
  if (device === null) return stop('sign_in', 'not_enrolled')
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const pushed = await greetAndPush(phone, device)
    if (pushed !== null) return pushed
    const heads = (await chainsOf(phone, device)).map(({ head }) => head)
    const numbers = new Map(heads.map((head) => [head.actor, head.sequenceNumber]))
    const pulled = await pullAll(phone, device.person.id, numbers)
    if (pulled !== null) return pulled
    // Somebody may have written while rows came in.
    if ((await waitingCount(phone.database)) === 0) break
  }
  await purgeArchive(phone.database, phone.now())
  return null
}

/** Return this phone's actor, then those it had before. */
async function chainsOf(phone: Phone, device: Device): Promise<readonly OwnChain[]> {
  const head = await chainHead(phone.database)
  const former = await fetchFact(phone.database, FORMER_ACTORS)
  return [
    {
      actor: device.actor,
      privateKey: device.keys.privateKey,
      head: head ?? { actor: device.actor, sequenceNumber: 0, hash: null },
    },
    ...former.map((one) => ({
      actor: one.head.actor,
      privateKey: one.privateKey,
      head: one.head,
    })),
  ]
}

async function greetAndPush(phone: Phone, device: Device): Promise<Stop | null> {
  const chains = await chainsOf(phone, device)
  const waiting = await waitingOperations(phone.database)
  const greeted = await greet(phone, chains, waiting)
  if ('result' in greeted) return greeted
  let done = 0
  const onAnswered = (count: number): void => {
    done += count
    if (waiting.length > 0) {
      phone.onProgress?.({ done: Math.min(done, waiting.length), total: waiting.length })
    }
  }
  for (const chain of chains) {
    const first = await firstToSend(phone, chain, waiting, greeted)
    if (typeof first !== 'number') return first
    const limits = limitsOf(greeted)
    const sending = { phone, self: device.person.id, chain, limits, onAnswered }
    const stopped = await pushChain(sending, first)
    if (stopped !== null) return stopped
  }
  return null
}

async function greet(
  phone: Phone,
  chains: readonly OwnChain[],
  waiting: readonly StoredOperation[],
): Promise<Hello | Stop> {
  const feed = await fetchFact(phone.database, FEED)
  const sentAt = phone.now()
  const greeted = await inSession(phone, async () =>
    hello(phone.fetcher, {
      proto: [PROTOCOL, PROTOCOL],
      schema: SCHEMA,
      app: `pwa/${APP_VERSION}`,
      now: instantText(phone.now() / 1000),
      actors: chains.map(({ head }) => ({ a: head.actor, q: head.sequenceNumber, h: head.hash })),
      pending: waiting.length,
      oldest: waiting[0] === undefined ? null : waiting[0].operation.w,
      cursor: feed.cursor,
      store: await storageState(),
    }),
  )
  if (!greeted.ok) return asStop(greeted.refusal)
  const { value } = greeted
  await noteSkew(phone, sentAt, value)
  await saveFact(phone.database, QUESTIONS, questionsOf(value))
  if (value.retry_after !== null) {
    return { result: 'busy', detail: 'hello', retryAfterSeconds: value.retry_after }
  }
  if (feed.epoch !== null && feed.epoch !== value.epoch) await restartFeed(phone.database)
  return value
}

/**
 * Return the number from which a chain is sent, or why it cannot be sent.
 *
 * Everything behind the server's last number goes out, also what was answered before: then the
 * server was restored from a backup and gets it again.
 */
async function firstToSend(
  phone: Phone,
  { actor, head }: OwnChain,
  waiting: readonly StoredOperation[],
  { actors }: Hello,
): Promise<number | Stop> {
  const theirs = actors.find(({ a }) => a === actor)
  if (!theirs?.known) return stop('needs_office', 'unknown_actor')
  const isAhead = theirs.q > head.sequenceNumber
  if (theirs.match === false || isAhead) return stop('needs_office', 'forked')
  if (theirs.match === null && theirs.q > 0) {
    const ours = await operationAt(phone.database, actor, theirs.q)
    if (ours !== null && ours.operation.h !== theirs.h) return stop('needs_office', 'forked')
  }
  const firstWaiting = waiting.find((one) => one.actor === actor)?.operation.q
  return Math.min(firstWaiting ?? Infinity, theirs.q + 1)
}

function limitsOf({ limits }: Hello): PushLimits {
  return {
    operations: Math.min(limits?.ops ?? PUSH_LIMITS.operations, PUSH_LIMITS.operations),
    bytes: Math.min(limits?.bytes ?? PUSH_LIMITS.bytes, PUSH_LIMITS.bytes),
  }
}

/** Remember how far the phone's clock is ahead of the server's. */
async function noteSkew(phone: Phone, sentAt: number, { now }: Hello): Promise<void> {
  const theirs = instantOf(now)
  if (theirs === null) return
  const ours = (sentAt + phone.now()) / 2000
  const before = await fetchFact(phone.database, EXCHANGE)
  await saveFact(phone.database, EXCHANGE, { ...before, skewSeconds: Math.round(ours - theirs) })
}

/** Return the questions that this version has words for. */
function questionsOf({ questions }: Hello): readonly OpenQuestion[] {
  return questions.flatMap(({ id, kind, asked, label, count, oldest, e }) => {
    if (kind !== 'possible_loss' && kind !== 'causal_gap') return []
    const [askedAt, oldestAt] = [asked, oldest].map((instant) => instantOf(instant ?? ''))
    return [
      { id, kind, label, count, entry: e, askedAt: askedAt ?? null, oldestAt: oldestAt ?? null },
    ]
  })
}

async function remember(phone: Phone, stopped: Stop | null): Promise<ExchangeState> {
  const before = await fetchFact(phone.database, EXCHANGE)
  const at = Math.floor(phone.now() / 1000)
  const hasAnswered = stopped?.result !== 'unreachable'
  const state: ExchangeState = {
    result: stopped?.result ?? 'ok',
    at,
    contactAt: hasAnswered ? at : before.contactAt,
    failures: stopped === null ? 0 : before.failures + 1,
    retryAfterSeconds: stopped?.retryAfterSeconds ?? null,
    skewSeconds: before.skewSeconds,
    detail: stopped?.detail ?? null,
  }
  await saveFact(phone.database, EXCHANGE, state)
  phone.onChange?.()
  return state
}
