/** The phone's count and sum of its rows are the server's. */
import { expect, test } from 'vitest'
import {
  disagrees,
  hasLeftWindow,
  isWithin,
  scopesOf,
  type ScopeSum,
} from '../../src/core/feed_check'
import { instantOf } from '../../src/core/instant'
import { ANA, entryId, time } from '../support/phones'
import { BEN, project, row } from '../support/screens'

const START = instantOf('2026-03-02T07:00:00Z') ?? 0
const OWN: ScopeSum = { scope: `w:${ANA}`, windowStart: 0, count: 0, sum: '0000000000000000' }
const length = { date: '2026-03-02', seconds: 3600, tz: 'Europe/Berlin', src: 'manual' }

test('the sum over five rows is the one that the server computes', () => {
  const rows = [1, 2, 3, 4, 5].map((number) => row(entryId(number), number))
  const sums = [{ ...OWN, count: 5, sum: 'b09e6e8ef8b7c222' }]

  expect(disagrees(rows, sums)).toBe(false)
  expect(disagrees([...rows].reverse(), sums)).toBe(false)
  expect(disagrees([], [OWN])).toBe(false)
})

test('a row too few, one too many, an old revision or a foreign one is seen', () => {
  const rows = [1, 2, 3, 4, 5].map((number) => row(entryId(number), number))
  const sums = [{ ...OWN, count: 5, sum: 'b09e6e8ef8b7c222' }]

  expect(disagrees(rows.slice(1), sums)).toBe(true)
  expect(disagrees([...rows, row(entryId(6), 6)], sums)).toBe(true)
  expect(disagrees([...rows.slice(1), row(entryId(1), 9)], sums)).toBe(true)
  expect(disagrees([...rows, row(entryId(7), 7, { owner: BEN })], sums)).toBe(true)
})

test('an entry is in the scopes of its owner and of every project that it may be of', () => {
  const alloc = [project('p1'), project('p2'), project(null), project('p1')]

  expect(scopesOf(row(entryId(1), 1, { v: { alloc } }))).toEqual([`w:${ANA}`, 'p:p1', 'p:p2'])
})

test.each([
  ['at its beginning', 'approved', [], START, true],
  ['after its end', 'approved', [], START + 1, false],
  ['not settled, because it is a draft', 'draft', [], START + 1, true],
  ['not settled, because versions differ', 'approved', ['conflict:time'], START + 1, true],
  ['not settled, because a deletion is disputed', 'approved', ['delete_vs_edit'], START + 1, true],
  ['settled in spite of another flag', 'approved', ['overlap'], START + 1, false],
] as const)('an entry %s', (_case, status, flags, windowStart, expected) => {
  expect(isWithin(row(entryId(1), 1, { status, flags }), windowStart)).toBe(expected)
})

test('a length starts with its day in UTC, several times with the earliest', () => {
  const midnight = instantOf('2026-03-02T00:00:00Z') ?? 0
  const of = (...times: Parameters<typeof row>[2][]) => times
  const [short, both] = of(
    { v: { time: [length] }, status: 'approved' },
    { v: { time: [time('15:00'), length] }, status: 'approved' },
  )

  for (const changes of [short, both]) {
    expect(isWithin(row(entryId(1), 1, changes), midnight)).toBe(true)
    expect(isWithin(row(entryId(1), 1, changes), midnight + 1)).toBe(false)
  }
})

test('a row leaves when it is in the window of none of its scopes, and never one of an unknown scope', () => {
  const old = row(entryId(1), 1, { status: 'approved' })
  const own = { ...OWN, windowStart: START + 1 }

  expect(hasLeftWindow(old, [own])).toBe(true)
  expect(hasLeftWindow(old, [own, { ...OWN, scope: 'p:p1' }])).toBe(false)
  expect(hasLeftWindow(old, [{ ...own, scope: `w:${BEN}` }])).toBe(false)
})
