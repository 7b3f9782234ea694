/**
 * The hash chain of one actor's operations, and the digest that approvals bind.
 *
 * Each group of an operation is a salted leaf, SHA-256(salt || canonical value). The chain hash is
 * SHA-256(previous chain hash || canonical head || name and leaf of each group in ascending order of
 * names). A value can thus be erased while its leaf stays and chain and signature still verify.
 */
import { encodeBase64url } from './base64url'
import { canonical } from './canonical_json'
import type { JsonObject, JsonValue } from './json_value'
import { sha256 } from './sha256'

/** What stands before an actor's first operation. */
export const GENESIS: Uint8Array = new Uint8Array(32)

/** The groups that an approval binds; a note never invalidates one. */
export const MATERIAL_GROUPS = ['alloc', 'life', 'time'] as const

const ANCHOR_CHARACTERS = 6
const encoder = new TextEncoder()

/** Return the 32 bytes that stand for `value` in the chain; `salt` has 16. */
export function leaf(salt: Uint8Array, value: JsonValue): Uint8Array {
  return sha256(salt, encoder.encode(canonical(value)))
}

/**
 * Return the chain hash (32 bytes) of an operation.
 *
 * `previous` is the chain hash of the actor's operation before this one as it was sent, or GENESIS;
 * `head` holds exactly the members that are hashed.
 */
export function chainHash(
  previous: Uint8Array,
  head: JsonObject,
  leaves: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const groups = Object.entries(leaves)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, digested]) => [encoder.encode(name), digested])
  return sha256(previous, encoder.encode(canonical(head)), ...groups)
}

/** Return the first six characters (36 bits) of a chain hash in its spelling on the wire. */
export function anchorOf(hash: string): string {
  return hash.slice(0, ANCHOR_CHARACTERS)
}

/**
 * Return the digest that an approval binds: of `time`, `alloc` and `life`. A group that was never
 * written is left out.
 */
export function digestOf(values: Readonly<Record<string, JsonValue>>): string {
  const material: Record<string, JsonValue> = {}
  for (const group of MATERIAL_GROUPS) {
    const value = values[group]
    if (value !== undefined) material[group] = value
  }
  return `sha256:${encodeBase64url(sha256(encoder.encode(canonical(material))))}`
}
