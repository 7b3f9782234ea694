/**
 * One exchange with the server: hello, push until drained, pull until there is no more.
 *
 * Page and worker call the same function; a lock that all contexts of the browser share lets one run
 * at a time. An exchange that finds new operations at its end sends them too, and a call that comes
 * while one is running is answered by a run that begins after it, so nothing written is left behind.
 */
import { hello } from '../api/sync'
import type { ApiError } from '../api/client'
import type { Hello } from '../api/wire'
import { LONGEST_WAIT_SECONDS } from '../core/backoff'
import { instantOf, instantText } from '../core/instant'
import { SCHEMA } from '../core/operation'
import type { Result } from '../core/result'
import { APP_VERSION, PROTOCOL } from '../core/version'
import { StorageFailed } from '../store/database'
import { chainHead, deviceOf } from '../store/device'
import { restartFeed } from '../store/feed'
import {
  EXCHANGE,
  FEED,
  fetchFact,
  FORMER_ACTORS,
  NO_EXCHANGE,
  noteEvent,
  QUESTIONS,
  RETIREMENT,
  saveFact,
  type Device,
  type ExchangeState,
  type OpenQuestion,
} from '../store/meta'
import { operationAt, purgeArchive, waitingCount, waitingOperations } from '../store/operations'
import { alone, stop, type Phone, type Stop } from './phone'
import { pullAll } from './pull'
import { PUSH_LIMITS, pushChain, type Chain, type Obstacle, type PushLimits } from './push'
import { asStop, inSession, renewSession } from './session_renewal'
import { storageState } from './storage_state'
import type { StoredOperation } from '../store/schema'

const ROUNDS_MAX = 20
/** A rare road is a file of its own, and an old tab may not get it any more. */
const NOT_LOADED = stop('unreachable', 'not_loaded')

/** Exchange with the server; returns how it ended, which is also kept for every screen. */
export async function exchange(phone: Phone): Promise<ExchangeState> {
  return alone(phone.database, async () => {
    const stopped = await exchanged(phone).catch(asStorageStop)
    phone.onProgress?.(null)
    return remember(phone, stopped)
  })
}

/** What the phone did not let us write comes again with the next exchange. */
function asStorageStop(error: unknown): Stop {
  if (!(error instanceof StorageFailed)) throw error
  return stop('failed', error.isFull ? 'storage_full' : 'storage_failed')
}

async function exchanged(phone: Phone): Promise<Stop | null> {
  let inTheWay: Stop | null = null
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const device = await deviceOf(phone.database)
    if (device === null) return stop('sign_in', 'not_enrolled')
    if ((await fetchFact(phone.database, RETIREMENT)) !== null) return retired(phone, device)
    const sent = await greetAndPush(phone, device)
    inTheWay = sent === 'again' ? stop('needs_office', 'forked') : sent
    if (sent === 'again') continue
    // What a former actor cannot send stops nobody else.
    if (sent !== null && !sent.isOfFormer) {
      return sent.detail === 'device_retired' ? retired(phone, device) : sent
    }
    const pulled = await pullAll(phone, device.person.id, await chainsOf(phone, device))
    if (pulled === 'forked') inTheWay = stop('needs_office', 'cloned')
    else if (pulled !== null) return pulled
    // Somebody may have written while rows came in.
    else if (inTheWay !== null || (await waitingCount(phone.database)) === 0) break
  }
  await purgeArchive(phone.database, phone.now())
  return inTheWay
}

async function retired(phone: Phone, device: Device): Promise<Stop> {
  const road = await import('./retirement').catch(() => null)
  return road === null ? NOT_LOADED : road.handedIn(phone, await chainsOf(phone, device))
}

/** Return the actors that this phone had before, then the one that it writes on as. */
async function chainsOf(phone: Phone, device: Device): Promise<readonly Chain[]> {
  const { actor, keys } = device
  const head = (await chainHead(phone.database)) ?? { actor, sequenceNumber: 0, hash: null }
  const former = await fetchFact(phone.database, FORMER_ACTORS)
  return [
    ...former.map(({ head: end, ...pair }) => ({
      actor: end.actor,
      keys: pair,
      head: end,
      isCurrent: false,
    })),
    { actor, keys, head, isCurrent: true },
  ]
}

/** Why sending ended early. */
interface Unsent extends Stop {
  readonly isOfFormer: boolean
}

/** Say hello and push every chain; `again`: a chain goes on under a fresh name. */
async function greetAndPush(phone: Phone, device: Device): Promise<Unsent | 'again' | null> {
  const chains = await chainsOf(phone, device)
  const waiting = await waitingOperations(phone.database)
  const greeted = await greet(phone, chains, waiting)
  if ('result' in greeted) return { ...greeted, isOfFormer: false }
  const onAnswered = progressOf(phone, waiting.length)
  let inTheWay: Unsent | null = null
  for (const chain of chains) {
    const first = await firstToSend(phone, chain, waiting, greeted)
    const sending = { phone, self: device.person.id, chain, limits: limitsOf(greeted), onAnswered }
    const met = typeof first === 'number' ? await pushChain(sending, first) : first
    if (met === null) continue
    const stopped = 'obstacle' in met ? await around(phone, device, chain, met, greeted) : met
    if (stopped === null) return 'again'
    inTheWay = { ...stopped, isOfFormer: !chain.isCurrent && OF_ONE_CHAIN.includes(stopped.result) }
    if (!inTheWay.isOfFormer) return inTheWay
  }
  return inTheWay
}

const OF_ONE_CHAIN: readonly Stop['result'][] = ['needs_office', 'failed']

/** Get a chain past an obstacle; returns null when it can be sent again, else why not. */
async function around(
  phone: Phone,
  device: Device,
  chain: Chain,
  met: Obstacle,
  { actors }: Hello,
): Promise<Stop | null> {
  const road = await import('./mending').catch(() => null)
  const theirs = actors.find(({ a }) => a === chain.actor)
  return road === null ? NOT_LOADED : road.mended(phone, device, chain, met, theirs?.q ?? 0)
}

function progressOf(phone: Phone, total: number): (count: number) => void {
  let done = 0
  return (count) => {
    done += count
    if (total > 0) phone.onProgress?.({ done: Math.min(done, total), total })
  }
}

async function greet(
  phone: Phone,
  chains: readonly Chain[],
  waiting: readonly StoredOperation[],
): Promise<Hello | Stop> {
  const feed = await fetchFact(phone.database, FEED)
  const sentAt = phone.now()
  const body = {
    proto: [PROTOCOL, PROTOCOL],
    schema: SCHEMA,
    app: `pwa/${APP_VERSION}`,
    now: instantText(sentAt / 1000),
    actors: chains.map(({ head }) => ({ a: head.actor, q: head.sequenceNumber, h: head.hash })),
    pending: waiting.length,
    oldest: waiting[0] === undefined ? null : waiting[0].operation.w,
    cursor: feed.cursor,
    store: await storageState(),
  } as const
  const greeted = await inOwnSession(phone, chains, () => hello(phone.fetcher, body))
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

/** Say hello; where somebody else is signed in on this phone, as the person of this database. */
async function inOwnSession(
  phone: Phone,
  chains: readonly Chain[],
  said: () => Promise<Result<Hello, ApiError>>,
): Promise<Result<Hello, ApiError | Stop>> {
  const first = await inSession(phone, said)
  if (!first.ok) return first
  const current = chains.find(({ isCurrent }) => isCurrent)?.actor
  if (first.value.actors.find(({ a }) => a === current)?.known !== false) return first
  const refusal = await renewSession(phone)
  return refusal === null ? said() : { ok: false, refusal }
}

/**
 * Return the number from which a chain is sent, or why it cannot be sent.
 *
 * Everything behind the server's last number goes out, also what was answered before: then the
 * server was restored from a backup and gets it again.
 */
async function firstToSend(
  phone: Phone,
  { actor, head, isCurrent }: Chain,
  waiting: readonly StoredOperation[],
  { actors }: Hello,
): Promise<number | Stop | Obstacle> {
  const theirs = actors.find(({ a }) => a === actor)
  const own = waiting.filter((one) => one.actor === actor && one.operation.q <= head.sequenceNumber)
  if (!theirs?.known) {
    if (isCurrent) return stop('needs_office', 'unknown_actor')
    return head.sequenceNumber === 0 ? 1 : { obstacle: 'unknown' }
  }
  if (isCurrent && theirs.retired) return stop('needs_office', 'device_retired')
  if (theirs.match === false) return { obstacle: 'forked', matchAt: null }
  if (theirs.match === null && theirs.q > 0) {
    const ours = await operationAt(phone.database, actor, theirs.q)
    if (ours !== null && ours.operation.h !== theirs.h) return { obstacle: 'forked', matchAt: null }
  }
  if (isCurrent && theirs.q > head.sequenceNumber) return { obstacle: 'ahead' }
  const missing = await operationAt(phone.database, actor, theirs.q + 1)
  if (missing !== null && missing.answer !== null && theirs.q < head.sequenceNumber) {
    await noteEvent(phone.database, 'rollback', phone.now())
  }
  return Math.min(own[0]?.operation.q ?? Infinity, theirs.q + 1)
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

/**
 * Return since when something waits that should not, and whether for more than two of the longest
 * intervals. A phone that says itself that it has no network is not stalled: that is its everyday life.
 */
async function stalling(
  phone: Phone,
  stopped: Stop | null,
  before: ExchangeState,
): Promise<Pick<ExchangeState, 'waitingSince' | 'isStalled'>> {
  const isOffline = stopped?.result === 'unreachable' && 'onLine' in navigator && !navigator.onLine
  const waiting =
    isSent(stopped) || isOffline ? 0 : await waitingCount(phone.database).catch(() => 0)
  if (waiting === 0) return { waitingSince: null, isStalled: false }
  const at = Math.floor(phone.now() / 1000)
  const waitingSince = Math.min(before.waitingSince ?? at, at)
  const isStalled = at - waitingSince > 2 * LONGEST_WAIT_SECONDS
  if (isStalled && !before.isStalled) await noteEvent(phone.database, 'stall', phone.now())
  return { waitingSince, isStalled }
}

function isSent(stopped: Stop | null): boolean {
  return stopped === null || stopped.detail === 'pull_upgrade_required'
}

async function remember(phone: Phone, stopped: Stop | null): Promise<ExchangeState> {
  const before = await fetchFact(phone.database, EXCHANGE).catch(() => NO_EXCHANGE)
  const at = Math.floor(phone.now() / 1000)
  const hasAnswered = stopped?.result !== 'unreachable'
  const state: ExchangeState = {
    result: stopped?.result ?? 'ok',
    at,
    contactAt: hasAnswered ? at : before.contactAt,
    // A server that gives this version no rows has taken all that was sent.
    failures: isSent(stopped) ? 0 : before.failures + 1,
    retryAfterSeconds: stopped?.retryAfterSeconds ?? null,
    ...(await stalling(phone, stopped, before)),
    skewSeconds: before.skewSeconds,
    detail: stopped?.detail ?? null,
  }
  // Nothing is written where everything was erased; and where nothing can be, it is not told.
  const device = await deviceOf(phone.database).catch(() => null)
  if (device !== null) await saveFact(phone.database, EXCHANGE, state).catch(() => undefined)
  phone.onChange?.()
  return state
}
