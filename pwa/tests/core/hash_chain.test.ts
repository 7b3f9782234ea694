import { expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url'
import { canonical } from '../../src/core/canonical_json'
import { anchorOf, chainHash, digestOf, leaf } from '../../src/core/hash_chain'
import type { JsonObject, JsonValue } from '../../src/core/json_value'
import { chained, type ChainHead, type WireOperation } from '../../src/core/operation'
import { vectorObject } from '../support/vectors'

interface HashVector {
  readonly actor: string
  readonly digest_input: string
  readonly digest: string
  readonly operations: readonly {
    readonly op: WireOperation
    readonly prev_hex: string
    readonly head: string
    readonly leaves_hex: Readonly<Record<string, string>>
    readonly h_hex: string
    readonly h: string
  }[]
}

const vector: HashVector = isVector(vectorObject('hash.json'))

function isVector(value: unknown): HashVector {
  if (typeof value !== 'object' || value === null || !('operations' in value)) throw new Error()
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the file is the form
  return value as HashVector
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test.each(vector.operations)('each leaf of operation $op.q has the bytes of the vector', (one) => {
  const groups = Object.entries(one.op.s ?? {})
  const leaves = Object.fromEntries(
    groups.map(([name, { v, n }]) => [name, hex(leaf(saltOf(n), v))]),
  )

  expect(leaves).toEqual(one.leaves_hex)
})

test.each(vector.operations)('the head of operation $op.q is spelled as in the vector', (one) => {
  expect(canonical(headOf(one.op))).toBe(one.head)
})

test.each(vector.operations)('operation $op.q has the hash of the vector', (one) => {
  const leaves = Object.fromEntries(
    Object.entries(one.op.s ?? {}).map(([name, { v, n }]) => [name, leaf(saltOf(n), v)]),
  )

  const hash = chainHash(Buffer.from(one.prev_hex, 'hex'), headOf(one.op), leaves)

  expect(hex(hash)).toBe(one.h_hex)
  expect(encodeBase64url(hash)).toBe(one.h)
})

test('operations are chained as in the vector', () => {
  let head: ChainHead = { actor: vector.actor, sequenceNumber: 0, hash: null }
  for (const { op } of vector.operations) {
    const salts = Object.values(op.s ?? {}).map(({ n }) => saltOf(n))
    const built = chained(
      head,
      {
        id: op.id,
        entry: op.e,
        kind: op.by,
        context: op.c,
        values: Object.fromEntries(Object.entries(op.s ?? {}).map(([name, { v }]) => [name, v])),
        digest: op.dg ?? null,
        writtenAt: op.w,
      },
      () => salts.shift() ?? new Uint8Array(16),
    )

    expect(built).toEqual(op)
    head = { actor: vector.actor, sequenceNumber: built.q, hash: built.h }
  }
})

test('the digest binds time and allocation and not the note', () => {
  const values: Record<string, JsonValue> = Object.fromEntries(
    Object.entries(vector.operations[0]?.op.s ?? {}).map(([name, { v }]) => [name, v]),
  )

  expect(digestOf(values)).toBe(vector.digest)
  expect(digestOf({ ...values, note: 'another' })).toBe(vector.digest)
})

test('an anchor is the first six characters of a hash', () => {
  expect(anchorOf(vector.operations[0]?.h ?? '')).toBe('VrjyK6')
})

function saltOf(spelling: string): Uint8Array {
  const bytes = decodeBase64url(spelling)
  if (bytes === null) throw new Error(`${spelling} is no salt`)
  return bytes
}

/** Return what of an operation the chain hash is over, besides its groups. */
function headOf(operation: WireOperation): JsonObject {
  const members = Object.entries(operation).filter(([name]) => name !== 's' && name !== 'h')
  return { ...Object.fromEntries(members), actor: vector.actor }
}
