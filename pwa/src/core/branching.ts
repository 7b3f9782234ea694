/**
 * How a copy of a phone goes on under a name of its own.
 *
 * Two copies of one installation (a backup that was restored twice) write under one actor: the server
 * keeps the history that came first. The other copy's operations behind the last shared one move to a
 * fresh actor, with their ids and values, so that nothing has a second effect. What they had seen of
 * the old actor is cut at the last shared operation, because behind it the old name means the other
 * copy's; the rest of what they had seen are operations of the branch itself, under their new names.
 */
import { anchorOf } from './hash_chain'
import { linked, type ChainHead, type WireContext, type WireOperation } from './operation'
import type { EntryRow } from './entry_record'
import type { Dot } from './vector_clock'

/** A place in a history: the number, and the first characters of the hash there. */
export type Place = readonly [sequenceNumber: number, anchor: string]

/** Where an operation was, and where one finds it now. */
export interface Move {
  readonly from: Place
  /** Null when neither it nor one before it moved. */
  readonly to: Place | null
}

/** A part of one actor's history that goes on under another. */
export interface Branch {
  readonly of: string
  /** The last operation that is the server's too; null when none is known. */
  readonly shared: Place | null
  readonly actor: string
  /** In ascending order of numbers. */
  readonly moves: readonly Move[]
}

/** A moved operation beside the one it was. */
export interface Moved {
  readonly before: WireOperation
  readonly after: WireOperation
}

/**
 * Return the branch and its operations under `actor`.
 *
 * `own` are the operations behind the shared one in ascending order; that with the number `leftOut`
 * does not move.
 */
export function branched(
  own: readonly WireOperation[],
  of: string,
  shared: Place | null,
  actor: string,
  leftOut: number | null,
): { readonly branch: Branch; readonly moved: readonly Moved[]; readonly head: ChainHead } {
  let head: ChainHead = { actor, sequenceNumber: 0, hash: null }
  const moves: Move[] = []
  const moved: Moved[] = []
  for (const before of own) {
    if (before.q !== leftOut) {
      const c = renamedContext(before.c, { of, shared, actor, moves })
      const after = linked(head, { ...before, c })
      moved.push({ before, after })
      head = { actor, sequenceNumber: after.q, hash: after.h }
    }
    const to = head.hash === null ? null : ([head.sequenceNumber, anchorOf(head.hash)] as const)
    moves.push({ from: [before.q, anchorOf(before.h)], to })
  }
  return { branch: { of, shared, actor, moves }, moved, head }
}

/** Return a context in which the branch's operations have their new names. */
export function renamedContext(context: WireContext, branch: Branch): WireContext {
  const seen = context[branch.of]
  const move = seen === undefined ? undefined : moveFrom(branch, seen)
  if (move === undefined) return context
  const { [branch.of]: _seen, ...others } = context
  return {
    ...others,
    ...(branch.shared === null ? {} : { [branch.of]: branch.shared }),
    // The fresh actor is nobody else's: what is known of it already can only be further.
    ...(move.to === null || branch.actor in others ? {} : { [branch.actor]: move.to }),
  }
}

/** Return a row in which the branch's operations have their new names; another copy's keep theirs. */
export function renamedRow(row: EntryRow, branch: Branch): EntryRow {
  const seen = row.vv[branch.of]
  if (seen === undefined || moveFrom(branch, seen) === undefined) return row
  const renamed = ([actor, number]: Dot): Dot => {
    const move = branch.moves.find(({ from }) => actor === branch.of && from[0] === number)
    return move === undefined || move.to === null ? [actor, number] : [branch.actor, move.to[0]]
  }
  return {
    ...row,
    d: renamed(row.d),
    dots: Object.fromEntries(
      Object.entries(row.dots).map(([group, dots]) => [group, dots.map(renamed)]),
    ),
    vv: renamedContext(row.vv, branch),
  }
}

function moveFrom(branch: Branch, [number, anchor]: Place): Move | undefined {
  return branch.moves.find(({ from }) => from[0] === number && from[1] === anchor)
}
