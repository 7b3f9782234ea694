import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from '../../src/core/canonical_json'
import type { JsonValue } from '../../src/core/json_value'
import {
  applied,
  conflictingGroups,
  deleteCounts,
  digestOfCells,
  hasDeletion,
  joined,
  projected,
  type Cells,
  type Change,
} from '../../src/core/merge'
import { timesOf } from '../../src/core/entry_record'
import { ownFlags } from '../../src/core/time_entry'
import { covers, type Dot, type VectorClock } from '../../src/core/vector_clock'
import { vectors } from '../support/vectors'

interface VectorOperation {
  readonly actor: string
  readonly q: number
  readonly c: VectorClock
  readonly s: Readonly<Record<string, JsonValue>>
}

interface Story {
  readonly name: string
  readonly operations: readonly VectorOperation[]
  readonly expected: {
    readonly dots: Readonly<Record<string, readonly Dot[]>>
    readonly v: Readonly<Record<string, readonly JsonValue[]>>
    readonly flags: readonly string[]
    readonly digest: string | null
    readonly deleted: boolean
    readonly times_ranked: readonly Dot[]
  }
}

const stories = vectors<Story>('merge.json')

function changeOf({ actor, q, c, s }: VectorOperation): Change {
  return { dot: [actor, q], values: s, context: c }
}

function outcome(cells: Cells, changes: readonly Change[]): Story['expected'] {
  const contextOf = (dot: Dot): VectorClock =>
    changes.find((change) => change.dot[0] === dot[0] && change.dot[1] === dot[1])?.context ?? {}
  const deleted = deleteCounts(cells, contextOf)
  const flags = new Set([
    ...conflictingGroups(cells).map((group) => `conflict:${group}`),
    ...(hasDeletion(cells) && !deleted ? ['delete_vs_edit'] : []),
    ...timesOf(cells).flatMap(({ value }) => ownFlags(value)),
  ])
  return {
    dots: mapped(cells, ({ dot }) => dot),
    v: mapped(cells, ({ value }) => value),
    flags: [...flags].sort(),
    digest: digestOfCells(cells),
    deleted,
    times_ranked: timesOf(cells).map(({ dot }) => dot),
  }
}

function mapped<Value>(
  cells: Cells,
  read: (live: Cells[string][number]) => Value,
): Record<string, Value[]> {
  return Object.fromEntries(Object.entries(cells).map(([group, live]) => [group, live.map(read)]))
}

test.each(stories)('$name', ({ operations, expected }) => {
  const changes = operations.map(changeOf)

  expect(outcome(projected(changes), changes)).toEqual({
    ...expected,
    times_ranked: distinctTimes(expected),
  })
})

test.each(stories)('$name (one operation after the other)', ({ operations, expected }) => {
  const changes = operations.map(changeOf)

  const cells = changes.reduce<Cells>((before, change) => applied(before, change), {})

  expect(outcome(cells, changes).v).toEqual(expected.v)
})

test.each(stories)('$name (whatever the order)', ({ operations, expected }) => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...operations], { minLength: operations.length }), (order) => {
      const changes = order.map(changeOf)

      expect(outcome(projected(changes), changes).v).toEqual(expected.v)
    }),
    { numRuns: 20 },
  )
})

test('rows of any two halves join to the row of the whole', () => {
  for (const { operations } of stories) {
    const changes = operations.map(changeOf)
    for (let cut = 0; cut <= changes.length; cut += 1) {
      const known = changes.slice(0, cut)
      const left = { cells: projected(known), clock: clockOf(known) }
      const right = { cells: projected(changes), clock: clockOf(changes) }

      expect(joined(left, right)).toEqual(right)
      expect(joined(right, left).cells).toEqual(right.cells)
    }
  }
})

test('a value leaves only when its reader writes', () => {
  const cells = projected([
    { dot: ['aaaaaaaaaa', 1], values: { note: 'one' }, context: {} },
    { dot: ['bbbbbbbbbb', 1], values: { note: 'two' }, context: {} },
    { dot: ['bbbbbbbbbb', 2], values: { note: 'three' }, context: { bbbbbbbbbb: 1 } },
  ])

  expect(cells['note']?.map(({ value }) => value)).toEqual(['one', 'three'])
})

/** Equal values are one version on the screen: the vector lists each dot. */
function distinctTimes({ times_ranked, dots, v }: Story['expected']): readonly Dot[] {
  const seen = new Set<string>()
  return times_ranked.filter((dot) => {
    const at = dots['time']?.findIndex((one) => one[0] === dot[0] && one[1] === dot[1]) ?? -1
    const spelling = canonical(v['time']?.[at] ?? null)
    if (seen.has(spelling)) return false
    seen.add(spelling)
    return true
  })
}

function clockOf(changes: readonly Change[]): VectorClock {
  const clock: Record<string, number> = {}
  for (const { dot } of changes) {
    if (!covers(clock, dot)) clock[dot[0]] = dot[1]
  }
  return clock
}
