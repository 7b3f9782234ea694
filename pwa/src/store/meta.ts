/** The small single facts of a phone's database, each validated when it is read. */
import type { ChainHead } from '../core/operation'
import {
  fitted,
  flag,
  kindOf,
  listOf,
  MISFIT,
  nullable,
  number,
  objectOf,
  oneOf,
  optional,
  pairOf,
  recordOf,
  text,
  type Shape,
  type Shaped,
} from '../core/shape'
import type { PhoneDatabase } from './database'

/** The store `meta` inside some transaction. */
export interface MetaReader {
  get(key: string): Promise<unknown>
}

export interface MetaWriter extends MetaReader {
  put(value: unknown, key: string): Promise<unknown>
  delete(key: string): Promise<void>
}

const headShape = objectOf({
  actor: text,
  sequenceNumber: number,
  hash: nullable(text),
})

/** A key as the browser keeps it. */
export const cryptoKey = kindOf((value): value is CryptoKey => value instanceof CryptoKey)

const deviceShape = objectOf({
  actor: text,
  label: text,
  person: objectOf({ id: text, name: text, roles: listOf(text) }),
  organisation: objectOf({
    id: text,
    name: text,
    time_zone: text,
    currency: nullable(text),
    practice: flag,
  }),
  keys: objectOf({ privateKey: cryptoKey, publicKey: cryptoKey }),
})

/** Actors this phone had before: what they wrote is still theirs to send. */
const formerShape = listOf(
  objectOf({ head: headShape, privateKey: cryptoKey, publicKey: cryptoKey }),
)

/** A number and the first characters of the hash there. */
const place = pairOf(number, text)

/** The parts of own histories that went on under another actor, the newest last. */
const branchesShape = listOf(
  objectOf({
    of: text,
    shared: nullable(place),
    actor: text,
    moves: listOf(objectOf({ from: place, to: nullable(place) })),
  }),
)

/** A branch that is being made; `actor` null until the server has given it one. */
const branchingShape = objectOf({
  of: text,
  actor: nullable(text),
  keys: objectOf({ privateKey: cryptoKey, publicKey: cryptoKey }),
})

/** Since when the server takes nothing more from this phone, in seconds. */
const retirementShape = objectOf({ at: number })

/** When the last timers were started, by all clocks of the phone. */
const stopwatchShape = listOf(
  objectOf({
    entry: text,
    mark: objectOf({
      wall: number,
      monotonic: number,
      origin: number,
      skew: nullable(objectOf({ seconds: number, at: number })),
    }),
  }),
)

/** When the rows were last compared with the server's, in seconds. */
const checkShape = objectOf({ at: number })

const feedShape = objectOf({
  epoch: nullable(text),
  cursor: nullable(text),
  /** The number of the pass over all rows that is running or was last completed. */
  pass: number,
  isPassComplete: flag,
  referenceRevision: nullable(number),
})

const exchangeShape = objectOf({
  result: oneOf(
    'never',
    'ok',
    'unreachable',
    'busy',
    'sign_in',
    'needs_office',
    'update_required',
    'failed',
  ),
  at: nullable(number),
  contactAt: nullable(number),
  failures: number,
  retryAfterSeconds: nullable(number),
  skewSeconds: number,
  /** Since when something waits although the phone could send, in seconds; null when that is not so. */
  waitingSince: optional(number, null),
  /** Whether that is longer than it should be. */
  isStalled: optional(flag, false),
  /** The word for what stopped the exchange, for diagnostics. */
  detail: nullable(text),
})

const referenceShape = objectOf({
  projects: listOf(
    objectOf({
      id: text,
      name: text,
      tasks: listOf(objectOf({ id: text, name: text })),
      billable: flag,
      closed: flag,
    }),
  ),
  people: listOf(objectOf({ id: text, name: text })),
  readAt: nullable(number),
})

const recentShape = listOf(text)

/** What the server asks this person, as the last hello brought it; instants in seconds. */
const questionsShape = listOf(
  objectOf({
    id: text,
    kind: oneOf('possible_loss', 'causal_gap'),
    askedAt: nullable(number),
    label: nullable(text),
    count: nullable(number),
    oldestAt: nullable(number),
    entry: nullable(text),
  }),
)

/** How often something rare happened on this phone, and when last, in seconds. */
const eventsShape = recordOf(objectOf({ count: number, at: number }))

export type Device = Shaped<typeof deviceShape>
export type FormerActor = Shaped<typeof formerShape>[number]
export type Feed = Shaped<typeof feedShape>
export type ExchangeState = Shaped<typeof exchangeShape>
export type ExchangeResult = ExchangeState['result']
export type OpenQuestion = Shaped<typeof questionsShape>[number]
export type PhoneEvents = Shaped<typeof eventsShape>
export type PhoneEvent =
  'fork' | 'rollback' | 'repair' | 'stall' | 'storage_fault' | 'eviction' | 'refused_operation'
export type Reference = Shaped<typeof referenceShape>

export const EMPTY_FEED: Feed = {
  epoch: null,
  cursor: null,
  pass: 1,
  isPassComplete: false,
  referenceRevision: null,
}

export const NO_EXCHANGE: ExchangeState = {
  result: 'never',
  at: null,
  contactAt: null,
  failures: 0,
  retryAfterSeconds: null,
  skewSeconds: 0,
  waitingSince: null,
  isStalled: false,
  detail: null,
}

export const NO_EVENTS: PhoneEvents = {}

export const EMPTY_REFERENCE: Reference = { projects: [], people: [], readAt: null }

/** Return the feed read from the start: rows that do not come again are dropped at its end. */
export function freshPass(feed: Feed): Feed {
  return {
    ...feed,
    epoch: null,
    cursor: null,
    pass: feed.pass + 1,
    isPassComplete: false,
    referenceRevision: null,
  }
}

/** A fact with its key, its form and what holds before it was written. */
interface Fact<Value, Otherwise> {
  readonly key: string
  readonly shape: Shape<Value>
  readonly otherwise: Otherwise
}

function fact<Value, Otherwise>(
  key: string,
  shape: Shape<Value>,
  otherwise: Otherwise,
): Fact<Value, Otherwise> {
  return { key, shape, otherwise }
}

export const DEVICE = fact('device', deviceShape, null)
export const FORMER_ACTORS = fact('former_actors', formerShape, [])
export const BRANCHES = fact('branches', branchesShape, [])
export const BRANCHING = fact('branching', branchingShape, null)
export const CHECK = fact('check', checkShape, null)
export const STOPWATCH = fact('stopwatch', stopwatchShape, [])
export const RETIREMENT = fact('retirement', retirementShape, null)
export const FEED = fact('feed', feedShape, EMPTY_FEED)
export const EXCHANGE = fact('exchange', exchangeShape, NO_EXCHANGE)
export const REFERENCE = fact('reference', referenceShape, EMPTY_REFERENCE)
export const RECENT_PROJECTS = fact('recent_projects', recentShape, [])
export const QUESTIONS = fact('questions', questionsShape, [])
export const EVENTS = fact('events', eventsShape, NO_EVENTS)
export const PUSH_WISH = fact('push_wish', flag, false)

export const HEAD_KEY = 'head'

/** Return a fact inside a transaction; what has not the form counts as not written. */
export async function readFact<Value, Otherwise>(
  store: MetaReader,
  { key, shape, otherwise }: Fact<Value, Otherwise>,
): Promise<Value | Otherwise> {
  const value = shape(await store.get(key))
  return value === MISFIT ? otherwise : value
}

/** Return a fact. */
export async function fetchFact<Value, Otherwise>(
  database: PhoneDatabase,
  wanted: Fact<Value, Otherwise>,
): Promise<Value | Otherwise> {
  return database.read(['meta'], (transaction) => readFact(transaction.objectStore('meta'), wanted))
}

/** Write a fact in a transaction of its own. */
export async function saveFact<Value, Otherwise>(
  database: PhoneDatabase,
  { key }: Fact<Value, Otherwise>,
  value: Value,
): Promise<void> {
  await database.write(['meta'], (transaction) => transaction.objectStore('meta').put(value, key))
}

/** Count something rare, for diagnostics, inside a writing transaction; `at` in milliseconds. */
export async function countEvent(
  store: MetaWriter,
  event: PhoneEvent,
  nowMilliseconds: number,
): Promise<void> {
  const events = await readFact(store, EVENTS)
  const count = (events[event]?.count ?? 0) + 1
  const next: PhoneEvents = {
    ...events,
    [event]: { count, at: Math.floor(nowMilliseconds / 1000) },
  }
  await store.put(next, EVENTS.key)
}

/** Count something rare in a transaction of its own. */
export async function noteEvent(
  database: PhoneDatabase,
  event: PhoneEvent,
  nowMilliseconds: number,
): Promise<void> {
  await database.write(['meta'], (transaction) =>
    countEvent(transaction.objectStore('meta'), event, nowMilliseconds),
  )
}

export async function readHead(store: MetaReader): Promise<ChainHead | null> {
  const raw = await store.get(HEAD_KEY)
  if (raw === undefined) return null
  const head = fitted(headShape, raw)
  if (head === null) throw new Error('the head of the chain on this phone is not readable')
  return head
}

/** Return, for each actor that this phone is or was, the last number that it wrote as that actor. */
export async function readOwnLasts(store: MetaReader): Promise<ReadonlyMap<string, number>> {
  const head = await readHead(store)
  const former = await readFact(store, FORMER_ACTORS)
  const heads = [...former.map((one) => one.head), ...(head === null ? [] : [head])]
  return new Map(heads.map(({ actor, sequenceNumber }) => [actor, sequenceNumber]))
}

export async function writeHead(store: MetaWriter, head: ChainHead): Promise<void> {
  await store.put(head, HEAD_KEY)
}
