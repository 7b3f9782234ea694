/**
 * How the changes of one time entry become its row, and rows become one.
 *
 * The set of changes is the truth; a row is a cache of its projection. A value stays live until a
 * change of the same group covers it, that is, until somebody who had seen it wrote another. Values
 * that did not know each other stay side by side, and a person chooses.
 *
 * Sources: N. Preguiça et al., "Dotted Version Vectors", 2010; M. Shapiro et al., "A comprehensive
 * study of CRDTs", INRIA RR-7506, 2011 (the multi-value register).
 */
import { canonical } from './canonical_json'
import { digestOf, MATERIAL_GROUPS } from './hash_chain'
import { isObject, type JsonValue } from './json_value'
import {
  covers,
  dotOrder,
  joined as joinedClocks,
  type Dot,
  type VectorClock,
} from './vector_clock'

/** A value that nothing has covered yet, and the operation that wrote it. */
export interface LiveValue {
  readonly dot: Dot
  readonly value: JsonValue
}

/** The live values of each group, in ascending order of their dots; no group is empty. */
export type Cells = Readonly<Record<string, readonly LiveValue[]>>

/** What one operation writes, and what its author had seen. */
export interface Change {
  readonly dot: Dot
  readonly values: Readonly<Record<string, JsonValue>>
  readonly context: VectorClock
}

/** A row: its cells and its clock, which holds the entry's own dots only. */
export interface MergedRow {
  readonly cells: Cells
  readonly clock: VectorClock
}

/** Return the cells after a change; a change is applied once, in causal order. */
export function applied(cells: Cells, change: Change): Cells {
  const result: Record<string, readonly LiveValue[]> = { ...cells }
  for (const [group, value] of Object.entries(change.values)) {
    const kept = (cells[group] ?? []).filter(
      (live) => !covers(change.context, live.dot) && !isSameDot(live.dot, change.dot),
    )
    result[group] = sorted([...kept, { dot: change.dot, value }])
  }
  return result
}

/** Return the cells that a set of changes means, in whatever order it comes. */
export function projected(changes: readonly Change[]): Cells {
  const cells: Record<string, LiveValue[]> = {}
  for (const change of changes) {
    for (const [group, value] of Object.entries(change.values)) {
      const isCovered = changes.some(
        (other) => group in other.values && covers(other.context, change.dot),
      )
      if (!isCovered) (cells[group] ??= []).push({ dot: change.dot, value })
    }
  }
  return Object.fromEntries(Object.entries(cells).map(([group, live]) => [group, sorted(live)]))
}

/** Return the row of both rows' changes together. */
export function joined(left: MergedRow, right: MergedRow): MergedRow {
  const groups = new Set([...Object.keys(left.cells), ...Object.keys(right.cells)])
  const cells: Record<string, readonly LiveValue[]> = {}
  for (const group of [...groups].sort()) {
    const mine = left.cells[group] ?? []
    const theirs = right.cells[group] ?? []
    const kept = [
      ...mine.filter(({ dot }) => has(theirs, dot) || !covers(right.clock, dot)),
      ...theirs.filter(({ dot }) => !has(mine, dot) && !covers(left.clock, dot)),
    ]
    if (kept.length > 0) cells[group] = sorted(kept)
  }
  return { cells, clock: joinedClocks(left.clock, right.clock) }
}

/** Return the values of a group that differ canonically, each at its smallest dot's place. */
export function distinctValues(cells: Cells, group: string): readonly LiveValue[] {
  const found = new Map<string, LiveValue>()
  for (const live of cells[group] ?? []) {
    const spelling = canonical(live.value)
    if (!found.has(spelling)) found.set(spelling, live)
  }
  return [...found.values()]
}

/** Return the groups with more than one distinct value, in ascending order. */
export function conflictingGroups(cells: Cells): readonly string[] {
  return Object.keys(cells)
    .filter((group) => distinctValues(cells, group).length > 1)
    .sort()
}

/** Return the digest of the material groups, or null if one has several values. */
export function digestOfCells(cells: Cells): string | null {
  const values: Record<string, JsonValue> = {}
  for (const group of MATERIAL_GROUPS) {
    const [first, second] = distinctValues(cells, group)
    if (second !== undefined) return null
    if (first !== undefined) values[group] = first.value
  }
  return digestOf(values)
}

/** Return whether a live `life` value says deleted, be it disputed or not. */
export function hasDeletion(cells: Cells): boolean {
  return (cells['life'] ?? []).some((live) => saysDeleted(live.value))
}

/**
 * Return whether the entry is deleted: nobody says otherwise, and the author knew all.
 *
 * `contextOf` gives the context of a live `life` value's operation. One of them must cover every live
 * `time` and `alloc` value; its own dot counts as covered.
 */
export function deleteCounts(cells: Cells, contextOf: (dot: Dot) => VectorClock): boolean {
  const life = cells['life'] ?? []
  if (life.length === 0 || !life.every((live) => saysDeleted(live.value))) return false
  const atStake = [...(cells['time'] ?? []), ...(cells['alloc'] ?? [])]
  return life.some((live) => {
    const context = contextOf(live.dot)
    return atStake.every(({ dot }) => isSameDot(dot, live.dot) || covers(context, dot))
  })
}

/** Return whether two dots name the same operation. */
export function isSameDot(one: Dot, other: Dot): boolean {
  return one[0] === other[0] && one[1] === other[1]
}

function saysDeleted(value: JsonValue): boolean {
  return isObject(value) && value['deleted'] === true
}

function has(live: readonly LiveValue[], dot: Dot): boolean {
  return live.some((value) => isSameDot(value.dot, dot))
}

function sorted(live: readonly LiveValue[]): readonly LiveValue[] {
  return [...live].sort((one, other) => dotOrder(one.dot, other.dot))
}
