/**
 * Vector clocks: what an author had seen of each actor's operations.
 *
 * A clock maps an actor to the highest sequence number seen of it; an actor that is absent counts as
 * 0. Ours are kept per time entry, which the literature calls a version vector. They only say which
 * of two operations knew the other; which value wins is never decided here.
 *
 * Source: D. S. Parker et al., "Detection of Mutual Inconsistency in Distributed Systems", IEEE TSE
 * 9(3), 1983.
 */
export type VectorClock = Readonly<Record<string, number>>

/** One operation's name: its actor and the actor's sequence number. */
export type Dot = readonly [actor: string, sequenceNumber: number]

export type Order = 'equal' | 'before' | 'after' | 'concurrent'

/** Return whether an author with `clock` had seen the operation at `dot`. */
export function covers(clock: VectorClock, [actor, sequenceNumber]: Dot): boolean {
  return seenOf(clock, actor) >= sequenceNumber
}

/** Return how `left` stands to `right`. */
export function compared(left: VectorClock, right: VectorClock): Order {
  const leftWithin = isWithin(left, right)
  const rightWithin = isWithin(right, left)
  if (leftWithin) return rightWithin ? 'equal' : 'before'
  return rightWithin ? 'after' : 'concurrent'
}

/** Return the smallest clock that has seen all that either has seen. */
export function joined(left: VectorClock, right: VectorClock): VectorClock {
  const result: Record<string, number> = { ...left }
  for (const [actor, sequenceNumber] of Object.entries(right)) {
    result[actor] = Math.max(seenOf(left, actor), sequenceNumber)
  }
  return result
}

/** Return `clock` after the operation at `dot`; only its actor moves. */
export function incremented(clock: VectorClock, [actor, sequenceNumber]: Dot): VectorClock {
  return { ...clock, [actor]: Math.max(sequenceNumber, seenOf(clock, actor)) }
}

/** Return how two dots are ordered in lists: by actor, then by sequence number. */
export function dotOrder([one, oneNumber]: Dot, [other, otherNumber]: Dot): number {
  if (one !== other) return one < other ? -1 : 1
  return oneNumber - otherNumber
}

function isWithin(inner: VectorClock, outer: VectorClock): boolean {
  return Object.entries(inner).every((dot) => covers(outer, dot))
}

function seenOf(clock: VectorClock, actor: string): number {
  return Object.hasOwn(clock, actor) ? (clock[actor] ?? 0) : 0
}
