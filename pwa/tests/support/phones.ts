/** Phones for tests: a real local database with a real key, and a server that keeps what it is sent. */
import 'fake-indexeddb/auto'
import type { Fetcher } from '../../src/api/client'
import { GENESIS } from '../../src/core/hash_chain'
import { encodeBase64url } from '../../src/core/base64url'
import { isObject, type JsonObject, type JsonValue } from '../../src/core/json_value'
import type { Intent } from '../../src/core/operation'
import { PhoneDatabase } from '../../src/store/database'
import { newKeyPair, saveDevice } from '../../src/store/device'
import type { Write } from '../../src/store/entries'

export const ANA = '11111111-1111-7111-8111-111111111111'
export const ACTOR = 'aaaaaaaaaa'
export const NOW = 1_772_452_800_000
const SERVER_NOW = '2026-03-02T12:00:00Z'

let databases = 0
let ids = 0

/** Return an enrolled phone's database of its own. */
export async function enrolledDatabase(actor = ACTOR): Promise<PhoneDatabase> {
  databases += 1
  const database = new PhoneDatabase(`test-${String(databases)}`)
  await saveDevice(database, {
    actor,
    label: "Ana's Pixel",
    person: { id: ANA, name: 'Ana', roles: ['worker'] },
    organisation: { id: 'o', name: 'Fennick', time_zone: 'UTC', currency: 'EUR', practice: false },
    keys: await newKeyPair(),
  })
  return database
}

export function salt(): Uint8Array {
  return new Uint8Array(16).fill(7)
}

/** Return the time of a working day in UTC. */
export function time(end: string | null): JsonValue {
  return {
    start: '2026-03-02T07:00:00Z',
    end: end === null ? null : `2026-03-02T${end}:00Z`,
    brk: [],
    tz: 'UTC',
    src: 'timer',
    elapsed: null,
  }
}

/** Return what a person meant to write. */
export function write(
  entry: string,
  values: Readonly<Record<string, JsonValue>>,
  changes: Partial<Intent> = {},
): Write {
  ids += 1
  const intent: Intent = {
    id: `00000000-0000-7000-8000-${String(ids).padStart(12, '0')}`,
    entry,
    kind: 'new',
    context: {},
    values,
    digest: null,
    writtenAt: '2026-03-02T15:31:08Z',
    ...changes,
  }
  return { intent, owner: ANA, settles: false }
}

export function entryId(number: number): string {
  return `te:00000000-0000-7000-9000-${String(number).padStart(12, '0')}`
}

interface Answered {
  readonly status: number
  readonly body: JsonValue
  readonly headers?: Record<string, string>
}

/** A server that keeps one actor's chain; `refusals` are given in front of the next answers. */
export class KeptServer {
  readonly kept: JsonObject[] = []
  readonly asked: { readonly path: string; readonly body: JsonObject | null }[] = []
  readonly refusals = new Map<string, Answered[]>()
  rows: JsonValue[] = []
  questions: JsonValue[] = []
  /** The answers to them: the question's id and the word. */
  readonly answers: [question: string, word: JsonValue][] = []
  devices: JsonObject[] = []
  team: JsonValue[] = []
  revision = 0
  isAway = false
  /** Whether answers get lost after the server has done its part. */
  losesAnswers = false

  readonly fetcher: Fetcher = async (path, init) => {
    await Promise.resolve()
    const [place = ''] = path.split('?')
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null
    const read = isRecord(body) ? body : null
    this.asked.push({ path, body: read })
    if (this.isAway) throw new TypeError('Failed to fetch')
    const refusal = this.refusals.get(place)?.shift()
    const { status, body: answer, headers } = refusal ?? this.#answer(place, read ?? {})
    if (this.losesAnswers) throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify(answer), { status, headers: headers ?? {} })
  }

  refuse(place: string, status: number, code: string, more: JsonObject = {}): void {
    const body = { type: `urn:daywork:problem:${code}`, title: code, status, code, ...more }
    this.refusals.set(place, [...(this.refusals.get(place) ?? []), { status, body }])
  }

  pushes(): readonly (readonly JsonValue[])[] {
    return this.asked
      .filter(({ path }) => path === '/v1/sync/push')
      .map(({ body }) => listOf(body?.['ops']))
  }

  #answer(place: string, body: JsonObject): Answered {
    switch (place) {
      case '/v1/sync/hello':
        return { status: 200, body: this.#hello(body) }
      case '/v1/sync/push':
        return { status: 200, body: this.#push(body) }
      case '/v1/sync/pull':
        return { status: 200, body: this.#pull() }
      case '/v1/reference':
        return { status: 200, body: { rev: 1, projects: [], people: [] } }
      case '/v1/sessions/challenge':
        return { status: 200, body: { nonce: 'n'.repeat(43) } }
      case '/v1/sessions':
        return { status: 200, body: { actor: ACTOR } }
      case '/v1/devices':
        return { status: 200, body: { devices: this.devices } }
      case '/v1/team/sync':
        return { status: 200, body: { now: SERVER_NOW, people: this.team } }
      default:
        return this.#answerTo(place.split('/').slice(2), body)
    }
  }

  /** Answer where the path names a thing. */
  #answerTo([room, id = '', act]: readonly string[], body: JsonObject): Answered {
    if (room === 'sync' && id === 'questions' && act !== undefined) {
      this.answers.push([act, body['answer'] ?? null])
      return { status: 200, body: {} }
    }
    if (room === 'devices' && act === 'retire') {
      this.devices = this.devices.map((device) =>
        device['actor'] === id
          ? { ...device, retired: SERVER_NOW, reason: body['reason'] ?? null }
          : device,
      )
      return { status: 200, body: {} }
    }
    return { status: 404, body: { code: 'not_found' } }
  }

  #hello({ actors }: JsonObject): JsonObject {
    const last = this.kept.at(-1)
    const heads = listOf(actors).filter(isObject)
    return {
      proto: 1,
      epoch: 'e1',
      now: SERVER_NOW,
      questions: this.questions,
      actors: heads.map(({ a, q }) => ({
        a: a ?? null,
        q: this.kept.length,
        h: last?.['h'] ?? (this.kept.length > 0 ? encodeBase64url(GENESIS) : null),
        match: Number(q) > this.kept.length ? null : true,
      })),
      limits: { ops: 200, bytes: 262_144, op_bytes: 16_384, rows: 500 },
      schema_push_min: 1,
      schema_pull_min: 1,
      retry_after: null,
    }
  }

  #push({ ops }: JsonObject): JsonObject {
    const results = listOf(ops)
      .filter(isObject)
      .map((operation) => {
        const isKnown = Number(operation['q']) <= this.kept.length
        if (!isKnown) this.kept.push(operation)
        const applied = { q: operation['q'] ?? 0, st: 'applied', rev: 1, flags: [] }
        return isKnown ? { q: operation['q'] ?? 0, st: 'duplicate', result: applied } : applied
      })
    return { actor: ACTOR, next: this.kept.length + 1, results }
  }

  #pull(): JsonObject {
    return {
      epoch: 'e1',
      cursor: `c${String(this.revision)}`,
      more: false,
      complete: true,
      rows: this.rows,
      gone: [],
      scopes: [],
      purge: [],
      ref: { projects_rev: 1 },
    }
  }
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : []
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
