/** What is typed into the form becomes exactly the time it means, and no break is lost on the way. */
import { expect, test } from 'vitest'
import { emptyDraft, timeOf, type EntryDraft } from '../../src/components/entry_draft'
import { instantOf } from '../../src/core/instant'
import type { Break } from '../../src/core/time_entry'

const DAY = '2026-03-02'
const NOW = at('2026-03-02T20:00:00Z')

function at(text: string): number {
  return instantOf(text) ?? 0
}

function pause(start: string, end: string | null): Break {
  const on = (time: string): number => at(`${DAY}T${time}:00Z`)
  return { start: on(start), end: end === null ? null : on(end), seconds: null, paid: false }
}

/** The form of an entry from 7 to 15 o'clock whose breaks were tapped. */
function opened(breaks: readonly Break[], changes: Partial<EntryDraft> = {}): EntryDraft {
  return {
    ...emptyDraft(DAY),
    start: '07:00',
    end: '15:00',
    pause: 'kept',
    keptBreaks: breaks,
    original: { start: at(`${DAY}T07:00:00Z`), end: at(`${DAY}T15:00:00Z`) },
    ...changes,
  }
}

function hours(draft: EntryDraft, zone = 'UTC'): number | string {
  const meaning = timeOf(draft, zone, NOW)
  return 'problem' in meaning ? meaning.problem : meaning.workedSeconds / 3600
}

test('breaks that were tapped stay as they are', () => {
  expect(hours(opened([pause('11:00', '11:30')]))).toBe(7.5)
})

test('an end within a break ends the break with it', () => {
  expect(hours(opened([pause('11:00', '12:00')], { end: '11:30' }))).toBe(4)
})

test('a start within a break begins the break with it', () => {
  expect(hours(opened([pause('08:00', '09:00')], { start: '08:30' }))).toBe(6)
})

test('who was on a break and says when they stopped is not paid for the break', () => {
  expect(hours(opened([pause('12:00', null)], { running: true }))).toBe(5)
})

test('a break outside the new times goes', () => {
  expect(hours(opened([pause('12:00', '12:30')], { end: '12:00' }))).toBe(5)
})

test('an entry that is moved to another day takes its breaks along', () => {
  expect(hours(opened([pause('11:00', '11:30')], { date: '2026-03-05' }))).toBe(7.5)
})

test('moved over the change to summer time its breaks keep their time of day', () => {
  const berlin = opened([pause('10:00', '10:30')], {
    start: '08:00',
    end: '16:00',
    date: '2026-03-30',
  })
  const meaning = timeOf(berlin, 'Europe/Berlin', NOW)

  expect('time' in meaning && meaning.time.form === 'interval' && meaning.time.breaks).toEqual([
    {
      start: at('2026-03-30T09:00:00Z'),
      end: at('2026-03-30T09:30:00Z'),
      seconds: null,
      paid: false,
    },
  ])
})

test.each([
  ['an end before the start asks', { end: '06:00' }, 'before'],
  ['and may be the next day', { end: '06:00', nextDay: true }, 23],
  ['a missing start is named', { start: '' }, 'start'],
  ['a missing end is named', { end: '' }, 'end'],
  ['a break longer than the time is named', { pause: 'own', ownPause: '481' }, 'break'],
  ['a break of so many minutes counts', { pause: '45' }, 7.25],
  ['a length counts as it is', { form: 'length', hours: '7', minutes: '30' }, 7.5],
  ['no length is named', { form: 'length' }, 'length'],
  ['a note that is too long is named', { note: 'x'.repeat(2001) }, 'note'],
] as const)('%s', (_words, changes, expected) => {
  expect(hours(opened([], { pause: 'none', ...changes }))).toBe(expected)
})
