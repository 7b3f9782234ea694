/** How long a timer ran is said when a clock tells it, and otherwise not. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { elapsedSeconds, type Mark } from '../../src/core/stopwatch'

const HOUR = 3_600_000
const START: Mark = { wall: 1_772_452_800_000, monotonic: 5000, origin: 1, skew: null }

/** Return the mark `wall` and `monotonic` milliseconds after the start. */
function after(wall: number, monotonic: number, changes: Partial<Mark> = {}): Mark {
  return { ...START, wall: START.wall + wall, monotonic: START.monotonic + monotonic, ...changes }
}

function skewed(mark: Mark, seconds: number): Mark {
  return { ...mark, skew: { seconds, at: mark.wall - 1000 } }
}

test.each([
  ['clocks that agree', after(8 * HOUR, 8 * HOUR + 300), 8 * 3600],
  ['a clock that was set back', after(6 * HOUR, 8 * HOUR), 8 * 3600],
  ['a clock that was set back behind the start', after(-HOUR, 2 * HOUR), 2 * 3600],
  ['a phone that slept, or a clock that was set forward', after(8 * HOUR, HOUR), null],
  ['another page', after(8 * HOUR, HOUR, { origin: 2 }), null],
])('%s', (_case, end, expected) => {
  expect(elapsedSeconds(START, end)).toBe(expected)
})

test('where the phone slept or the page is another, the server’s clock tells', () => {
  const start = skewed(START, 3)
  const asleep = skewed(after(8 * HOUR, HOUR), 3)
  const forward = skewed(after(9 * HOUR, HOUR, { origin: 2 }), 3603)

  expect(elapsedSeconds(start, asleep)).toBe(8 * 3600)
  expect(elapsedSeconds(start, forward)).toBe(8 * 3600)
})

test('what the server’s clock said long ago tells nothing', () => {
  const end = after(8 * HOUR, HOUR)
  const old = { seconds: 3, at: end.wall - HOUR }

  expect(elapsedSeconds(skewed(START, 3), { ...end, skew: old })).toBe(null)
  expect(elapsedSeconds({ ...START, skew: { ...old, at: 0 } }, skewed(end, 3))).toBe(null)
})

test('whatever the clocks say, it is a whole number of seconds or nothing', () => {
  const mark = fc.record({
    wall: fc.integer({ min: 0, max: 4e12 }),
    monotonic: fc.double({ min: 0, max: 1e10, noNaN: true }),
    origin: fc.constantFrom(1, 2),
    skew: fc.option(
      fc.record({
        seconds: fc.integer({ min: -1e8, max: 1e8 }),
        at: fc.integer({ min: 0, max: 4e12 }),
      }),
    ),
  })
  fc.assert(
    fc.property(mark, mark, (start, end) => {
      const elapsed = elapsedSeconds(start, end)
      expect(elapsed === null || (Number.isInteger(elapsed) && elapsed >= 0)).toBe(true)
    }),
  )
})
