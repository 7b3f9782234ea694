/** An invite is read from what people paste: the link, the secret, spaces around them. */
import { expect, test } from 'vitest'
import { secretOf } from '../../src/core/invite'

test.each([
  ['abc-DEF_123', 'abc-DEF_123'],
  ['  abc-DEF_123\n', 'abc-DEF_123'],
  ['the link ends with #abc-DEF_123', 'abc-DEF_123'],
  ['#abc', null],
  ['two words', null],
  ['', null],
  ['x'.repeat(201), null],
])('%j', (invite, secret) => {
  expect(secretOf(invite)).toBe(secret)
})
