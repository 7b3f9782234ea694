/** This phone's own operations inside an entry's record: added, settled, and seen by later ones. */
import { heldOperations, trimmed, type EntryRecord, type OwnOperation } from './entry_record'
import { anchorOf } from './hash_chain'
import { clockOf, isDecision, type Intent, type WireContext } from './operation'
import { covers } from './vector_clock'

type Key = readonly [actor: string, sequenceNumber: number]

/**
 * Return the context with the author's own later operations on the entry added. `seenOfOwn` gives,
 * for each actor that this phone is or was, the last number that it wrote as that actor.
 */
export function withOwnLater(
  context: WireContext,
  record: EntryRecord,
  seenOfOwn: ReadonlyMap<string, number>,
): WireContext {
  const result: Record<string, readonly [number, string]> = { ...context }
  const add = (actor: string, place: readonly [number, string]): void => {
    if ((result[actor]?.[0] ?? 0) < place[0]) result[actor] = place
  }
  for (const [actor, last] of seenOfOwn) {
    const inRow = record.row?.vv[actor]
    if (inRow !== undefined && inRow[0] <= last) add(actor, inRow)
  }
  for (const { actor, operation, isDismissed } of record.own) {
    if (!isDismissed && seenOfOwn.has(actor)) add(actor, [operation.q, anchorOf(operation.h)])
  }
  return result
}

/** Return the refused operations whose groups the intent writes anew. */
export function settledBy(record: EntryRecord, intent: Intent): readonly Key[] {
  return heldOperations(record)
    .filter(({ operation }) =>
      isDecision(intent.kind)
        ? isDecision(operation.by)
        : Object.keys(operation.s ?? {}).every((group) => group in intent.values),
    )
    .map(({ actor, operation }) => [actor, operation.q] as const)
}

export function withDismissed(record: EntryRecord, keys: readonly Key[]): EntryRecord {
  const own = record.own.map((one) =>
    keys.some(([actor, number]) => one.actor === actor && one.operation.q === number)
      ? { ...one, isDismissed: true }
      : one,
  )
  return trimmed({ ...record, own })
}

/** Return the record with an operation of this phone, in place of the same one if it is there. */
export function withOwn(record: EntryRecord, own: OwnOperation): EntryRecord {
  const isKnown = record.own.some(({ operation }) => operation.id === own.operation.id)
  if (isKnown) {
    const replaced = record.own.map((one) =>
      one.operation.id === own.operation.id ? { ...one, ...own } : one,
    )
    return { ...record, own: replaced }
  }
  if ((record.row?.vv[own.actor]?.[0] ?? 0) >= own.operation.q) return record
  return { ...record, own: inserted(record.own, own) }
}

/** Put an operation before the first that was written after it. */
function inserted(before: readonly OwnOperation[], own: OwnOperation): readonly OwnOperation[] {
  const { actor, operation } = own
  const at = before.findIndex((one) =>
    one.actor === actor
      ? one.operation.q > operation.q
      : covers(clockOf(one.operation.c), [actor, operation.q]),
  )
  return at < 0 ? [...before, own] : [...before.slice(0, at), own, ...before.slice(at)]
}
