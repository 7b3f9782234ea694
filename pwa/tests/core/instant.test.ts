import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dayAfter,
  dayOf,
  instantAt,
  instantOf,
  instantText,
  isDay,
  mondayOf,
  wallTime,
} from '../../src/core/instant'

const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati']

test('an instant is read as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 946_684_800, max: 4_102_444_799 }), (instant) => {
      expect(instantOf(instantText(instant))).toBe(instant)
    }),
  )
})

test.each([
  '2026-03-02T07:00:00',
  '2026-03-02T07:00:00+01:00',
  '2026-03-02T07:00:00.5Z',
  '2026-02-30T07:00:00Z',
  '2026-03-02T24:00:00Z',
  '1999-12-31T23:59:59Z',
])('%s is no instant of the protocol', (text) => {
  expect(instantOf(text)).toBeNull()
})

test('what the wall clock shows leads back to the instant, except in a doubled hour', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
      fc.constantFrom(...zones),
      (instant, zone) => {
        const { date, time } = wallTime(instant, zone)
        const found = instantAt(date, time, zone)

        expect(found === instant || found === instant - 3600 || found === instant - 1800).toBe(true)
        expect(wallTime(found ?? 0, zone)).toEqual({ date, time })
      },
    ),
  )
})

test('an hour that autumn doubles is its first one', () => {
  expect(instantText(instantAt('2026-10-25', '02:30', 'Europe/Berlin') ?? 0)).toBe(
    '2026-10-25T00:30:00Z',
  )
})

test('an hour that spring leaves out is the one a moment later', () => {
  const found = instantAt('2026-03-29', '02:30', 'Europe/Berlin') ?? 0

  expect(wallTime(found, 'Europe/Berlin')).toEqual({ date: '2026-03-29', time: '03:30:00' })
})

test('the day is the one in the zone', () => {
  const instant = instantOf('2026-03-02T23:30:00Z') ?? 0

  expect(dayOf(instant, 'UTC')).toBe('2026-03-02')
  expect(dayOf(instant, 'Europe/Berlin')).toBe('2026-03-03')
})

test('a week begins on Monday', () => {
  expect(mondayOf('2026-03-02')).toBe('2026-03-02')
  expect(mondayOf('2026-03-08')).toBe('2026-03-02')
  expect(dayAfter('2026-02-28', 1)).toBe('2026-03-01')
})

test('a day that does not exist is none', () => {
  expect(isDay('2026-02-29')).toBe(false)
  expect(isDay('2028-02-29')).toBe(true)
})
