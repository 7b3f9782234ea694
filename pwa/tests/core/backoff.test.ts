import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, waitSeconds } from '../../src/core/backoff'

const chance = fc.double({ min: 0, max: 0.999, noNaN: true })

test('a wait lies between two seconds and five minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), chance, (failures, random) => {
      const seconds = waitSeconds(failures, random)

      expect(seconds).toBeGreaterThanOrEqual(FIRST_WAIT_SECONDS)
      expect(seconds).toBeLessThanOrEqual(LONGEST_WAIT_SECONDS)
    }),
  )
})

test('the longest wait doubles with each failure', () => {
  expect(waitSeconds(1, 1)).toBe(4)
  expect(waitSeconds(2, 1)).toBe(8)
  expect(waitSeconds(3, 1)).toBe(16)
})

test('a wish of the server is never cut short', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3600 }), chance, (wish, random) => {
      expect(waitSeconds(1, random, wish)).toBeGreaterThanOrEqual(wish)
      expect(waitSeconds(1, random, wish)).toBeLessThanOrEqual(wish * 1.1)
    }),
  )
})
