/** The words in which recorded histories say what cells, clocks and changes come to. */
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url'
import { canonical } from '../../src/core/canonical_json'
import { timesOf } from '../../src/core/entry_record'
import { leaf } from '../../src/core/hash_chain'
import type { JsonValue } from '../../src/core/json_value'
import {
  conflictingGroups,
  deleteCounts,
  digestOfCells,
  hasDeletion,
  type Cells,
} from '../../src/core/merge'
import type { WireContext, WireOperation } from '../../src/core/operation'
import { sha256 } from '../../src/core/sha256'
import { ownFlags, workDate, workedSeconds } from '../../src/core/time_entry'
import { dotOrder, type Dot, type VectorClock } from '../../src/core/vector_clock'

/** What cells mean; what is empty or 0 is left out. */
export type Outcome = Readonly<Record<string, JsonValue>>
export type Said = Record<string, JsonValue>

const SUM_CHARACTERS = 12
const LEAF_CHARACTERS = 8
const encoder = new TextEncoder()

/** Return what cells mean; `clock` is in words already. */
export function outcomeOf(
  cells: Cells,
  contextOf: (dot: Dot) => VectorClock,
  clock: string,
): Outcome {
  const times = timesOf(cells)
  const worked = times.map(({ value }) => workedSeconds(value.time))
  const deleted = deleteCounts(cells, contextOf)
  const flags = new Set([
    ...conflictingGroups(cells).map((group) => `conflict:${group}`),
    ...(hasDeletion(cells) && !deleted ? ['delete_vs_edit'] : []),
    ...times.flatMap(({ value }) => ownFlags(value)),
  ])
  const [first] = times
  return short({
    ...cellsSaid(cells),
    vv: clock,
    dg: digestOfCells(cells),
    flags: [...flags].sort().join(' '),
    deleted,
    ...(first === undefined
      ? {}
      : { shown: dotText(first.dot), worked: Math.max(...worked), day: workDate(first.value) }),
    range: worked.length > 1 ? `${Math.min(...worked)}-${Math.max(...worked)}` : null,
  })
}

/** Return the live dots of each group, and a hash over all values with their dots. */
export function cellsSaid(cells: Cells): Said {
  const groups = Object.keys(cells)
    .filter((group) => cells[group]?.length)
    .sort()
  const spelled = Object.fromEntries(
    groups.map((group) => [group, cells[group]?.map(({ dot, value }) => [...dot, value]) ?? []]),
  )
  return {
    dots: Object.fromEntries(
      groups.map((group) => [group, cells[group]?.map(({ dot }) => dotText(dot)).join(' ') ?? '']),
    ),
    sum: encodeBase64url(sha256(encoder.encode(canonical(spelled)))).slice(0, SUM_CHARACTERS),
  }
}

/** Return the first characters of each group's leaf. */
export function leavesOf(operation: WireOperation): Said {
  return Object.fromEntries(
    Object.entries(operation.s ?? {}).map(([group, { v, n }]) => {
      const salt = decodeBase64url(n) ?? new Uint8Array()
      return [group, encodeBase64url(leaf(salt, v)).slice(0, LEAF_CHARACTERS)]
    }),
  )
}

export function mapped<Value>(
  cells: Cells,
  read: (live: Cells[string][number]) => Value,
): Record<string, Value[]> {
  return Object.fromEntries(Object.entries(cells).map(([group, live]) => [group, live.map(read)]))
}

export function readClock(text: string): WireContext {
  return Object.fromEntries(
    text
      .split(' ')
      .filter(Boolean)
      .map((part) => {
        const [dot = '', anchor = ''] = part.split(':')
        return [dot.slice(0, 1).repeat(10), [Number(dot.slice(1)), anchor] as const]
      }),
  )
}

export function clockText(clock: WireContext): string {
  return Object.entries(clock)
    .map(([actor, [number, anchor]]) => ({ dot: [actor, number] as const, anchor }))
    .sort((one, other) => dotOrder(one.dot, other.dot))
    .map(({ dot, anchor }) => `${dotText(dot)}:${anchor}`)
    .join(' ')
}

export function dotText([actor, number]: Dot): string {
  return `${actor.slice(0, 1)}${number}`
}

/** Leave out what is empty: it is the usual. */
export function short(said: Readonly<Record<string, JsonValue>>): Said {
  return Object.fromEntries(
    Object.entries(said).filter(
      ([, part]) =>
        part !== null &&
        part !== '' &&
        part !== false &&
        part !== 0 &&
        (typeof part !== 'object' || Object.keys(part).length > 0),
    ),
  )
}
