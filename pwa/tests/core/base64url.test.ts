import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url'

test('bytes are spelled as everywhere else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    }),
  )
})

test('what was spelled is read again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(new Uint8Array(bytes))
    }),
  )
})

test.each([
  ['padding', 'AQ=='],
  ['unused bits that are set', 'AR'],
  ['the other alphabet', '+/+/'],
  ['a length that no bytes have', 'AQEBA'],
])('%s is no spelling', (_name, spelling) => {
  expect(decodeBase64url(spelling)).toBeNull()
})
