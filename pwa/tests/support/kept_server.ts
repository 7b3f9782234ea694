/** A server for tests that keeps the chains it is sent, and answers by the protocol's rules. */
import type { Fetcher } from '../../src/api/client'
import { isObject, type JsonObject, type JsonValue } from '../../src/core/json_value'
import { linked, type ChainHead, type WireOperation } from '../../src/core/operation'
import { ACTOR, ANA, SERVER_NOW } from './phones'

export interface Answered {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

/** `refusals` are given in front of the next answers. */
export class KeptServer {
  /** What each actor of Ana's has sent, as it was sent. */
  readonly chains = new Map<string, WireOperation[]>([[ACTOR, []]])
  /** Retired actors with their last number at that time. */
  readonly retired = new Map<string, number>()
  /** What came without a right to it: kept, and part of nothing. */
  readonly quarantine: WireOperation[] = []
  readonly branches: JsonObject[] = []
  readonly asked: { readonly path: string; readonly body: JsonObject | null }[] = []
  readonly refusals = new Map<string, Answered[]>()
  rows: readonly unknown[] = []
  questions: JsonValue[] = []
  /** The answers to them: the question's id and the word. */
  readonly answers: [question: string, word: JsonValue][] = []
  devices: JsonObject[] = []
  team: JsonValue[] = []
  identity: JsonObject = {
    actor: ACTOR,
    person: { id: ANA, name: 'Ana', roles: ['worker'] },
    organisation: { id: 'o', name: 'Fennick', time_zone: 'UTC', currency: 'EUR' },
  }
  /** What the next enrolment answers. */
  enrolment: JsonObject = {}
  /** What a page of the feed has besides its rows. */
  page: Readonly<Record<string, unknown>> = {}
  epoch = 'e1'
  revision = 0
  schemaPullMinimum = 1
  hasSession = true
  /** Whether somebody else is signed in on the phone. */
  isOthersSession = false
  isAway = false
  /** Whether answers get lost after the server has done its part. */
  losesAnswers = false

  /** What the first actor sent. */
  get kept(): WireOperation[] {
    return this.chainOf(ACTOR)
  }

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
    const refusals = this.refusals.get(place) ?? []
    this.refusals.set(place, [...refusals, problem(status, code, more)])
  }

  chainOf(actor: string): WireOperation[] {
    const chain = this.chains.get(actor) ?? []
    this.chains.set(actor, chain)
    return chain
  }

  pushes(): readonly (readonly JsonValue[])[] {
    return this.asked
      .filter(({ path }) => path === '/v1/sync/push')
      .map(({ body }) => listOf(body?.['ops']))
  }

  /** Return the ids of all operations that are part of something, each as often as it counts. */
  counted(): readonly string[] {
    const ids = [...this.chains.values()].flat().map(({ id }) => id)
    const apart = this.quarantine.map(({ id }) => id)
    return [...new Set(ids)].filter((id) => !apart.includes(id)).sort()
  }

  retire(actor: string): void {
    this.retired.set(actor, this.chainOf(actor).length)
    this.hasSession = false
  }

  #answer(place: string, body: JsonObject): Answered {
    const isOpen = place.startsWith('/v1/sessions') || place === '/v1/sync/deposit'
    if (!this.hasSession && !isOpen) return problem(401, 'auth_expired')
    switch (place) {
      case '/v1/sync/hello':
        return { status: 200, body: this.#hello(body) }
      case '/v1/sync/push':
        return this.#push(body)
      case '/v1/sync/deposit':
        return this.#deposit(body)
      case '/v1/sync/rescue':
        return this.#rescue(body)
      case '/v1/devices/branch':
        return this.#branch(body)
      case '/v1/sync/pull':
        return { status: 200, body: this.#pull() }
      case '/v1/reference':
        return { status: 200, body: { rev: 1, projects: [], people: [] } }
      case '/v1/sessions/challenge':
        return this.retired.has(word(body['actor']))
          ? problem(403, 'device_retired')
          : { status: 200, body: { nonce: 'n'.repeat(43) } }
      case '/v1/sessions':
        this.hasSession = true
        this.isOthersSession = false
        return { status: 200, body: { actor: ACTOR } }
      case '/v1/session':
        return { status: 200, body: this.identity }
      case '/v1/devices':
        if (body['invite'] !== undefined) return this.#enrolled()
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
    return problem(404, 'not_found')
  }

  #enrolled(): Answered {
    this.chainOf(word(this.enrolment['actor']))
    this.hasSession = true
    return { status: 201, body: this.enrolment }
  }

  #hello({ actors }: JsonObject): JsonObject {
    return {
      proto: 1,
      epoch: this.epoch,
      now: SERVER_NOW,
      questions: this.questions,
      actors: listOf(actors)
        .filter(isObject)
        .map((told) => this.#compared(told)),
      limits: { ops: 200, bytes: 262_144, op_bytes: 16_384, rows: 500 },
      schema_push_min: 1,
      schema_pull_min: this.schemaPullMinimum,
      retry_after: null,
    }
  }

  #compared({ a, q, h }: JsonObject): JsonObject {
    const chain = this.isOthersSession ? undefined : this.chains.get(word(a))
    if (chain === undefined) return { a: a ?? null, q: 0, h: null, match: false, known: false }
    const number = Number(q)
    const isSame = number === 0 || chain[number - 1]?.h === h
    return {
      a: a ?? null,
      q: chain.length,
      h: chain.at(-1)?.h ?? null,
      match: number > chain.length ? null : isSame,
      retired: this.retired.has(word(a)),
    }
  }

  #push(body: JsonObject): Answered {
    const actor = word(body['actor'])
    if (!this.chains.has(actor) || this.isOthersSession) return problem(403, 'not_your_device')
    const ops = operationsOf(body)
    const refusal = this.#refusal(actor, ops)
    if (refusal !== null) return refusal
    const retiredAt = this.retired.get(actor) ?? Infinity
    if ((ops.at(-1)?.q ?? 0) > retiredAt) return problem(403, 'device_retired')
    return this.#ingested(actor, ops)
  }

  #deposit(body: JsonObject): Answered {
    const actor = word(body['actor'])
    if (!this.chains.has(actor)) return problem(403, 'not_your_device')
    const ops = operationsOf(body)
    const refusal = this.#refusal(actor, ops)
    if (refusal !== null) return refusal
    if (!this.retired.has(actor)) return this.#ingested(actor, ops)
    this.quarantine.push(...ops.filter(({ q }) => q > this.chainOf(actor).length))
    this.#ingested(actor, ops)
    const results = ops.map(({ q }) => ({ q, st: 'deposited' }))
    return { status: 200, body: { actor, next: (ops.at(-1)?.q ?? 0) + 1, results } }
  }

  #rescue(body: JsonObject): Answered {
    this.quarantine.length = 0
    return this.#ingested(word(body['actor']), operationsOf(body))
  }

  #ingested(actor: string, ops: readonly WireOperation[]): Answered {
    const chain = this.chainOf(actor)
    const results = ops.map((operation): JsonObject => {
      const isKnown = operation.q <= chain.length
      const ids = new Set(this.counted())
      if (!isKnown) chain.push(operation)
      const applied = { q: operation.q, st: 'applied', rev: 1, flags: [] }
      const isDuplicate = isKnown || ids.has(operation.id)
      return isDuplicate ? { q: operation.q, st: 'duplicate', result: applied } : applied
    })
    return { status: 200, body: { actor, next: chain.length + 1, results } }
  }

  #refusal(actor: string, ops: readonly WireOperation[]): Answered | null {
    const chain = this.chainOf(actor)
    const [first] = ops
    for (const operation of ops) {
      const kept = chain[operation.q - 1]
      if (kept === undefined || kept.h === operation.h) continue
      const hash = operation.q === 1 ? null : (chain[operation.q - 2]?.h ?? null)
      const before: ChainHead = { actor, sequenceNumber: operation.q - 1, hash }
      const isShared = linked(before, operation).h === operation.h
      return problem(409, 'forked', { actor, match_at: isShared ? operation.q - 1 : null })
    }
    const need = chain.length + 1
    return first !== undefined && first.q > need ? problem(409, 'gap', { need }) : null
  }

  #branch(body: JsonObject): Answered {
    if (!this.chains.has(word(body['branch_of']))) return problem(403, 'not_your_device')
    this.branches.push(body)
    const actor = `branch${String(this.branches.length).padStart(4, 'a')}`
    this.chainOf(actor)
    return { status: 201, body: { actor } }
  }

  #pull(): Readonly<Record<string, unknown>> {
    return {
      epoch: this.epoch,
      cursor: `c${String(this.revision)}`,
      more: false,
      complete: true,
      rows: this.rows,
      gone: [],
      scopes: [],
      purge: [],
      ref: { projects_rev: 1 },
      ...this.page,
    }
  }
}

function problem(status: number, code: string, more: JsonObject = {}): Answered {
  return {
    status,
    body: { type: `urn:daywork:problem:${code}`, title: code, status, code, ...more },
  }
}

function operationsOf({ ops }: JsonObject): readonly WireOperation[] {
  return listOf(ops).filter(isOperation)
}

function isOperation(value: JsonValue): value is JsonValue & WireOperation {
  return isObject(value) && typeof value['q'] === 'number' && typeof value['h'] === 'string'
}

function word(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
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
