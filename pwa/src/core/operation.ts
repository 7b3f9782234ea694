/** One operation of this phone: what is written, chained, sent and kept. */
import { decodeBase64url, encodeBase64url } from './base64url'
import { wellFormed } from './canonical_json'
import { chainHash, GENESIS, leaf } from './hash_chain'
import { isObject, type JsonObject, type JsonValue } from './json_value'

export const OPERATION_KINDS = [
  'new',
  'edit',
  'resolve',
  'delete',
  'restore',
  'submit',
  'recall',
  'approve',
  'reject',
  'revoke',
] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]

const DECISIONS: readonly OperationKind[] = ['submit', 'recall', 'approve', 'reject', 'revoke']
const JUDGEMENTS: readonly OperationKind[] = ['approve', 'reject', 'revoke']

/** The payload version of this release. */
export const SCHEMA = 1

/** What an author had seen, as the wire spells it: the anchor proves which history was meant. */
export type WireContext = Readonly<
  Record<string, readonly [sequenceNumber: number, anchor: string]>
>

/** A group's value with the salt of its leaf. */
export interface SaltedValue {
  readonly v: JsonValue
  readonly n: string
}

/** An operation as it travels. */
export interface WireOperation {
  readonly q: number
  readonly id: string
  readonly e: string
  readonly by: OperationKind
  readonly c: WireContext
  readonly s?: Readonly<Record<string, SaltedValue>>
  readonly w: string
  readonly dg?: string
  readonly h: string
}

/** An operation before it has its place in a chain. */
export type UnlinkedOperation = Omit<WireOperation, 'q' | 'h'>

/** What is to be written; number and hash follow when it is chained. */
export interface Intent {
  readonly id: string
  readonly entry: string
  readonly kind: OperationKind
  readonly context: WireContext
  readonly values: Readonly<Record<string, JsonValue>>
  /** Only of decisions: the digest of what the author saw. */
  readonly digest: string | null
  readonly writtenAt: string
}

/** The end of an actor's chain; `hash` null before its first operation. */
export interface ChainHead {
  readonly actor: string
  readonly sequenceNumber: number
  readonly hash: string | null
}

/** Return whether the kind judges content instead of changing it. */
export function isDecision(kind: OperationKind): boolean {
  return DECISIONS.includes(kind)
}

/** Return whether the kind is an approver's. */
export function isJudgement(kind: OperationKind): boolean {
  return JUDGEMENTS.includes(kind)
}

/**
 * Return the operation that follows `head`.
 *
 * `salt` gives 16 new random bytes for each group. Lone surrogates in texts are replaced before
 * anything is hashed; the values must have passed `faultyMember`.
 */
export function chained(head: ChainHead, intent: Intent, salt: () => Uint8Array): WireOperation {
  const groups: Record<string, SaltedValue> = {}
  for (const [group, value] of Object.entries(intent.values)) {
    groups[group] = { v: withWellFormedTexts(value), n: encodeBase64url(salt()) }
  }
  return linked(head, {
    id: intent.id,
    e: intent.entry,
    by: intent.kind,
    c: intent.context,
    w: intent.writtenAt,
    ...(intent.digest === null ? {} : { dg: intent.digest }),
    ...(Object.keys(groups).length === 0 ? {} : { s: groups }),
  })
}

/** Return an operation with the number and the hash that it has behind `head`. */
export function linked(head: ChainHead, unlinked: UnlinkedOperation): WireOperation {
  const { id, e, by, c, w, dg, s } = unlinked
  const leaves = Object.entries(s ?? {}).map(([group, { v, n }]) => {
    const bytes = decodeBase64url(n)
    if (bytes === null) throw new Error('an operation of this phone has a salt that is none')
    return [group, leaf(bytes, v)] as const
  })
  const body = {
    q: head.sequenceNumber + 1,
    id,
    e,
    by,
    c,
    w,
    ...(dg === undefined ? {} : { dg }),
  }
  const previous = head.hash === null ? GENESIS : decodeBase64url(head.hash)
  if (previous === null) throw new Error('the chain of this phone has a hash that is none')
  const hash = chainHash(previous, { ...body, actor: head.actor }, Object.fromEntries(leaves))
  return { ...body, ...(s === undefined ? {} : { s }), h: encodeBase64url(hash) }
}

/** Return the plain values of an operation's groups. */
export function valuesOf(operation: WireOperation): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(operation.s ?? {}).map(([group, salted]) => [group, salted.v]),
  )
}

/** Return the numbers of a context without their anchors. */
export function clockOf(context: WireContext): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(context).map(([actor, [number]]) => [actor, number]))
}

/**
 * Return the numbers of a context that `known` does not disprove: an operation that `known` has under
 * the same number with another anchor is of another history, which the author had not seen.
 */
export function clockBeside(
  context: WireContext,
  known: WireContext,
): Readonly<Record<string, number>> {
  const parts = Object.entries(context).filter(([actor, [number, anchor]]) => {
    const other = known[actor]
    return other?.[0] !== number || other[1] === anchor
  })
  return clockOf(Object.fromEntries(parts))
}

function withWellFormedTexts(value: JsonValue): JsonValue {
  if (typeof value === 'string') return wellFormed(value)
  if (isObject(value)) {
    const members: [string, JsonValue][] = Object.entries(value).map(([name, member]) => [
      name,
      withWellFormedTexts(member),
    ])
    const clean: JsonObject = Object.fromEntries(members)
    return clean
  }
  return Array.isArray(value) ? value.map(withWellFormedTexts) : value
}
