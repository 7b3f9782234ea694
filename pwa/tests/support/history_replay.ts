/**
 * Plays a recorded history with the phone's core: what each phone shows, and what the changes that
 * the server took come to. It runs in Node and, bundled, in a page.
 *
 * Verdicts are the server's alone and come from the recording; all else is computed here. The form of
 * histories, events and outcomes is in `tests/vectors/README.md`.
 */
import { canonical } from '../../src/core/canonical_json'
import { emptyRecord, withRow, type EntryRow } from '../../src/core/entry_record'
import { anchorOf } from '../../src/core/hash_chain'
import { instantText } from '../../src/core/instant'
import type { JsonValue } from '../../src/core/json_value'
import { deleteCounts, hasDeletion, isSameDot, projected, type Change } from '../../src/core/merge'
import {
  chained,
  clockOf,
  isDecision,
  OPERATION_KINDS,
  valuesOf,
  type OperationKind,
  type WireContext,
  type WireOperation,
} from '../../src/core/operation'
import { withOwn } from '../../src/core/own_operations'
import { faultyMember } from '../../src/core/time_entry'
import { covers, type Dot, type VectorClock } from '../../src/core/vector_clock'
import {
  clockText,
  dotText,
  leavesOf,
  mapped,
  outcomeOf,
  readClock,
  short,
  type Outcome,
  type Said,
} from './history_outcome'
import {
  answered,
  goneOnAs,
  headOf,
  OWNER,
  saltsOf,
  seenOf,
  shown,
  unanswered,
  withRecord,
  without,
  type Phone,
} from './history_phone'

export interface HistoryEvent {
  readonly do: string
  readonly p?: string
  readonly e?: string
  readonly s?: Readonly<Record<string, JsonValue>>
  readonly c?: string
  readonly dg?: string
  readonly as?: string
  readonly at?: number
  readonly n?: number
  readonly st?: readonly string[]
  readonly released?: string
  readonly refused?: string
  readonly rows?: Readonly<Record<string, Outcome>>
  readonly views?: Readonly<Record<string, JsonValue>>
  readonly hs?: readonly string[]
}

export interface History {
  readonly name: string
  readonly number: number
  readonly phones: string
  readonly events: readonly HistoryEvent[]
}

interface Taken {
  readonly dot: Dot
  readonly entry: string
  readonly operation: WireOperation
}

interface Server {
  readonly hashes: Readonly<Record<string, readonly string[]>>
  /** The operations that have an effect. */
  readonly taken: readonly Taken[]
  /** All that came, for those that are released later. */
  readonly log: readonly Taken[]
}

const WRITTEN_FROM = 1_772_452_800
const ENTRIES = ['x', 'y']
const SERVERS_WORDS = ['status', 'approved']
const ASKED = ['p', 'e', 's', 'c', 'dg']
const EFFECTIVE = ['applied', 'amendment', 'late']

/** Return the events of a history with the outcomes that this core finds. */
export function replayed(history: History): readonly HistoryEvent[] {
  const replay = new Replay(history)
  return history.events.map((event) => replay.play(event))
}

class Replay {
  readonly #number: number
  #written = 0
  #server: Server = { hashes: {}, taken: [], log: [] }
  #backup: Server | null = null
  readonly #phones = new Map<string, Phone>()

  constructor(history: History) {
    this.#number = history.number
    for (const name of history.phones) {
      this.#phones.set(name, { actor: name.repeat(10), former: [], operations: [], records: {} })
    }
  }

  play(event: HistoryEvent): HistoryEvent {
    switch (event.do) {
      case 'push':
        return this.#push(event)
      case 'pull':
        return this.#pull(event)
      case 'clone':
        this.#phones.set(event.as ?? '', this.#phone(event))
        return event
      case 'branch':
        return this.#branch(event)
      case 'back up':
        this.#backup = this.#server
        return event
      case 'roll back':
        this.#server = this.#backup ?? this.#server
        return event
      case 'destroyed':
        return event
      default:
        return this.#write(event)
    }
  }

  #write(event: HistoryEvent): HistoryEvent {
    const phone = this.#phone(event)
    const entry = event.e ?? ''
    this.#written += 1
    const values = event.s ?? {}
    const kind = kindOf(event.do)
    const record = phone.records[entry] ?? emptyRecord(this.#entryId(entry), OWNER)
    const id = this.#operationId()
    const operation = chained(
      headOf(phone),
      {
        id,
        entry: record.id,
        kind,
        context: seenOf(phone, record, kind, event.c === undefined ? null : readClock(event.c)),
        values,
        digest: event.dg ?? null,
        writtenAt: instantText(WRITTEN_FROM + 60 * this.#written),
      },
      saltsOf(id, Object.keys(values)),
    )
    const next = { ...phone, operations: [...phone.operations, operation] }
    this.#phones.set(event.p ?? '', next)
    const asked = Object.fromEntries(Object.entries(event).filter(([name]) => ASKED.includes(name)))
    const said = { h: operation.h, leaves: leavesOf(operation) }
    const fault = faultyMember(values)
    if (fault !== null) return { do: event.do, ...asked, ...short({ ...said, fault }) }
    const written = withOwn(record, unanswered(phone.actor, operation))
    this.#phones.set(event.p ?? '', withRecord(next, entry, written))
    return { do: event.do, ...asked, ...short({ ...said, view: shown(written) }) }
  }

  #push(event: HistoryEvent): HistoryEvent {
    const { refused, rows, released: _released, st, ...asked } = event
    if (refused !== undefined) return event
    const phone = this.#phone(event)
    const last = (this.#server.hashes[phone.actor] ?? []).length
    const sent = phone.operations.slice(last, event.n === undefined ? undefined : last + event.n)
    const words = st ?? []
    if (sent.length !== words.length) return { ...asked, st: [`${sent.length} were to be sent`] }
    const came = sent.map((operation) => takenOf(phone.actor, operation))
    const known = this.#server.hashes[phone.actor] ?? []
    const log = [...this.#server.log, ...came]
    const released = (event.released ?? '').split(' ')
    const taken = came.filter((_one, at) => EFFECTIVE.includes(words[at] ?? ''))
    const freed = log.filter((one) => released.includes(dotText(one.dot)) && !taken.includes(one))
    this.#server = {
      hashes: { ...this.#server.hashes, [phone.actor]: [...known, ...sent.map(({ h }) => h)] },
      taken: [...this.#server.taken, ...taken, ...freed],
      log,
    }
    this.#phones.set(event.p ?? '', answered(phone, sent, words))
    const computed = Object.entries(rows ?? {}).map(([entry, row]): [string, Outcome] => [
      entry,
      this.#row(entry, row),
    ])
    return { ...event, rows: Object.fromEntries(computed) }
  }

  #pull(event: HistoryEvent): HistoryEvent {
    const views: Said = {}
    for (const entry of ENTRIES) {
      const phone = this.#phone(event)
      const record = phone.records[entry]
      const row = this.#pulledRow(entry)
      if (row === null) {
        if (record?.own.length === 0) this.#phones.set(event.p ?? '', without(phone, entry))
        continue
      }
      const next = withRow(record ?? emptyRecord(row.id, OWNER), row)
      this.#phones.set(event.p ?? '', withRecord(phone, entry, next))
      const view = shown(next)
      const content = contentOf(this.#row(entry, {}))
      views[entry] = canonical(view) === canonical(content) ? 'row' : view
    }
    return { ...event, views }
  }

  #branch(event: HistoryEvent): HistoryEvent {
    const phone = this.#phone(event)
    const next = goneOnAs(phone, (event.as ?? '').repeat(10), event.at ?? 0)
    this.#phones.set(event.p ?? '', next)
    const views = Object.entries(next.records).flatMap(([entry, record]) => {
      const view = shown(record)
      return view === null ? [] : [[entry, view] as const]
    })
    const hs = next.operations.map(({ h }) => h)
    return { ...event, hs, views: Object.fromEntries(views) }
  }

  /** What the server's changes of an entry come to; `recorded` has what only a server can say. */
  #row(entry: string, recorded: Outcome): Outcome {
    const taken = this.#takenOf(entry)
    const changes = this.#changes(taken)
    const cells = projected(changes)
    const said = outcomeOf(cells, contextIn(changes), clockText(clockIn(taken)))
    const isForced = flagsOf(recorded).includes('forced')
    const flags = [...flagsOf(said), ...(isForced ? ['forced'] : [])]
    const words = Object.entries(recorded).filter(([name]) => SERVERS_WORDS.includes(name))
    const all = { ...said, flags: flags.sort().join(' ') }
    return short({ ...all, ...Object.fromEntries(words) })
  }

  /** The row as a phone pulls it, null when the entry is not there or is deleted. */
  #pulledRow(entry: string): EntryRow | null {
    const taken = this.#takenOf(entry)
    const [first] = taken
    if (first === undefined) return null
    const changes = this.#changes(taken)
    const cells = projected(changes)
    const isDeleted = deleteCounts(cells, contextIn(changes))
    if (isDeleted) return null
    return {
      id: this.#entryId(entry),
      rev: taken.length,
      owner: OWNER,
      d: first.dot,
      dots: mapped(cells, ({ dot }) => dot),
      vv: clockIn(taken),
      v: mapped(cells, ({ value }) => value),
      status: 'draft',
      flags: hasDeletion(cells) ? ['delete_vs_edit'] : [],
      approved: null,
      posted: null,
    }
  }

  #takenOf(entry: string): readonly Taken[] {
    const id = this.#entryId(entry)
    return this.#server.taken.filter((one) => one.entry === id)
  }

  #changes(taken: readonly Taken[]): readonly Change[] {
    return taken
      .filter(({ operation }) => !isDecision(operation.by))
      .map(({ dot, operation }) => ({
        dot,
        values: valuesOf(operation),
        context: clockOf(this.#counting(operation.c)),
      }))
  }

  /** The components of a context that name what the server has. */
  #counting(context: WireContext): WireContext {
    return Object.fromEntries(
      Object.entries(context).filter(([actor, [number, anchor]]) =>
        this.#server.hashes[actor]?.[number - 1]?.startsWith(anchor),
      ),
    )
  }

  #phone(event: HistoryEvent): Phone {
    const phone = this.#phones.get(event.p ?? '')
    if (phone === undefined) throw new Error(`no phone ${event.p ?? ''}`)
    return phone
  }

  #entryId(entry: string): string {
    return `te:00000000-0000-7000-9${hex(this.#number, 3)}-${hex(entry.charCodeAt(0), 12)}`
  }

  #operationId(): string {
    return `00000000-0000-7000-8${hex(this.#number, 3)}-${hex(this.#written, 12)}`
  }
}

function takenOf(actor: string, operation: WireOperation): Taken {
  return { dot: [actor, operation.q], entry: operation.e, operation }
}

function contextIn(changes: readonly Change[]): (dot: Dot) => VectorClock {
  return (dot) => changes.find((change) => isSameDot(change.dot, dot))?.context ?? {}
}

function clockIn(taken: readonly Taken[]): WireContext {
  const clock: Record<string, readonly [number, string]> = {}
  for (const { dot, operation } of taken) {
    if (!covers(clockOf(clock), dot)) clock[dot[0]] = [dot[1], anchorOf(operation.h)]
  }
  return clock
}

function flagsOf({ flags }: Outcome): readonly string[] {
  return typeof flags === 'string' ? flags.split(' ') : []
}

/** The row without what only a server can say. */
function contentOf(row: Outcome): Outcome {
  return short(
    Object.fromEntries(Object.entries(row).filter(([name]) => !SERVERS_WORDS.includes(name))),
  )
}

function kindOf(word: string): OperationKind {
  const kind = OPERATION_KINDS.find((one) => one === word)
  if (kind === undefined) throw new Error(`no kind of operation: ${word}`)
  return kind
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
