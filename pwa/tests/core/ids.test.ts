import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryId, uuid7 } from '../../src/core/ids'

const random = fc.uint8Array({ minLength: 10, maxLength: 10 })
const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 })

test('an id has the form of version 7', () => {
  fc.assert(
    fc.property(moment, random, (now, bytes) => {
      expect(uuid7(now, bytes)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
    }),
  )
})

test('ids sort by the millisecond they were made in', () => {
  fc.assert(
    fc.property(moment, moment, random, random, (one, other, bytes, others) => {
      fc.pre(one < other)

      expect(uuid7(one, bytes) < uuid7(other, others)).toBe(true)
    }),
  )
})

test('an entry has the prefix of the wire', () => {
  expect(entryId('0195a7e2-0000-7000-8000-0000000000aa')).toBe(
    'te:0195a7e2-0000-7000-8000-0000000000aa',
  )
})
