import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  compared,
  covers,
  dotOrder,
  incremented,
  joined,
  type VectorClock,
} from '../../src/core/vector_clock'

const actor = fc.constantFrom('aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc')
const clock = fc.dictionary(actor, fc.integer({ min: 1, max: 9 }), { noNullPrototype: true })

function equal(left: VectorClock, right: VectorClock): boolean {
  return compared(left, right) === 'equal'
}

test('joining is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(clock, clock, clock, (a, b, c) => {
      expect(equal(joined(a, b), joined(b, a))).toBe(true)
      expect(equal(joined(a, joined(b, c)), joined(joined(a, b), c))).toBe(true)
      expect(equal(joined(a, a), a)).toBe(true)
    }),
  )
})

test('a join has seen what either side has seen', () => {
  fc.assert(
    fc.property(clock, clock, actor, fc.integer({ min: 1, max: 9 }), (a, b, who, number) => {
      const either = covers(a, [who, number]) || covers(b, [who, number])

      expect(covers(joined(a, b), [who, number])).toBe(either)
    }),
  )
})

test('clocks that each saw something the other did not are concurrent', () => {
  expect(compared({ aaaaaaaaaa: 2 }, { bbbbbbbbbb: 1 })).toBe('concurrent')
  expect(compared({ aaaaaaaaaa: 2 }, { aaaaaaaaaa: 1 })).toBe('after')
  expect(compared({ aaaaaaaaaa: 1 }, { aaaaaaaaaa: 2 })).toBe('before')
})

test('only the actor of the operation moves', () => {
  expect(incremented({ aaaaaaaaaa: 2, bbbbbbbbbb: 5 }, ['aaaaaaaaaa', 4])).toEqual({
    aaaaaaaaaa: 4,
    bbbbbbbbbb: 5,
  })
})

test('an actor named like a member of every object has seen nothing', () => {
  expect(covers({}, ['constructor', 1])).toBe(false)
})

test('dots are ordered by actor and then by number', () => {
  expect(dotOrder(['aaaaaaaaaa', 9], ['bbbbbbbbbb', 1])).toBeLessThan(0)
  expect(dotOrder(['aaaaaaaaaa', 9], ['aaaaaaaaaa', 10])).toBeLessThan(0)
})
