import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/core/sha256'

function reference(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test('any bytes have the digest that every other implementation gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(hex(sha256(bytes))).toBe(reference(bytes))
    }),
  )
})

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128])(
  'a message of %i bytes ends right',
  (length) => {
    const bytes = new Uint8Array(length).fill(0xa5)

    expect(hex(sha256(bytes))).toBe(reference(bytes))
  },
)

test('parts are digested as if they were one', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 4 }), (parts) => {
      expect(hex(sha256(...parts))).toBe(reference(Buffer.concat(parts)))
    }),
  )
})
