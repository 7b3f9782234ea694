/** Questions about phones are counted like every other question. */
import { expect, test } from 'vitest'
import { chipWith } from '../../src/screens/tasks'

test('questions about phones come before what waits or was sent, and add to other questions', () => {
  expect(chipWith({ kind: 'all_sent', at: 7 }, 2)).toEqual({ kind: 'needs_you', count: 2 })
  expect(chipWith({ kind: 'on_phone', count: 3 }, 1)).toEqual({ kind: 'needs_you', count: 1 })
  expect(chipWith({ kind: 'needs_you', count: 4 }, 1)).toEqual({ kind: 'needs_you', count: 5 })
})

test('without a question about phones the chip says what it said', () => {
  expect(chipWith({ kind: 'on_phone', count: 3 }, 0)).toEqual({ kind: 'on_phone', count: 3 })
})

test('sending, signing in and the office come first', () => {
  const chips = [
    { kind: 'sending', done: 1, total: 2 },
    { kind: 'sign_in', count: 2 },
    { kind: 'needs_office' },
  ] as const

  expect(chips.map((chip) => chipWith(chip, 5))).toEqual(chips)
})
