/** The versions of a conflict in words: one sentence each, and no two buttons alike. */
import { beforeAll, expect, test, vi } from 'vitest'
import type { Author, Conflict, Version } from '../../src/core/entry_view'
import type { WorkTime } from '../../src/core/time_entry'
import { speak } from '../../src/i18n/messages.svelte'
import { allNotes, bothWords, toldVersions } from '../../src/screens/versions'

const ZONE = 'UTC'
const TABLET: Author = { kind: 'own_device', label: 'tablet' }
const PHONE: Author = { kind: 'this_phone' }

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  vi.stubGlobal('document', { documentElement: { lang: '' } })
  await speak('en')
})

function at(clock: string): number {
  return Date.parse(`2026-03-02T${clock}:00Z`) / 1000
}

function version(author: Author, changes: Partial<Version>): Version {
  return {
    dot: ['aaaaaaaaaa', 1],
    value: null,
    author,
    writtenAt: null,
    workedSeconds: null,
    time: null,
    project: null,
    note: null,
    deleted: null,
    ...changes,
  }
}

function worked(author: Author, start: string, end: string): Version {
  const time: WorkTime = {
    form: 'interval',
    start: at(start),
    end: at(end),
    breaks: [],
  }
  return version(author, { time, workedSeconds: at(end) - at(start) })
}

function answers(conflict: Conflict): readonly string[] {
  return toldVersions(conflict, ZONE).map(({ answer }) => answer)
}

test('two ends of one start are told by their ends', () => {
  const versions = [worked(PHONE, '07:00', '15:30'), worked(TABLET, '07:00', '15:00')]

  expect(answers({ group: 'time', versions })).toEqual(['15:30', '15:00'])
})

test('times of the same length are told whole, so that no two buttons say the same', () => {
  const versions = [
    worked(PHONE, '07:00', '15:00'),
    worked(TABLET, '08:00', '16:00'),
    worked(TABLET, '06:00', '12:00'),
  ]

  expect(answers({ group: 'time', versions })).toEqual([
    '7:00 to 15:00, no break',
    '8:00 to 16:00, no break',
    '6\u00a0h\u00a000',
  ])
})

test('what differs in nothing that is told is told by who wrote it', () => {
  const bridge = (id: string): Partial<Version> => ({ project: { id, name: 'Bridge Street' } })
  const versions = [version(PHONE, bridge('p1')), version(TABLET, bridge('p2'))]

  expect(answers({ group: 'alloc', versions })).toEqual([
    'You on this phone, Bridge Street',
    'You on tablet, Bridge Street',
  ])
})

test('all of three times may have happened: then there are three entries', () => {
  const versions = [
    worked(PHONE, '07:00', '10:00'),
    worked(TABLET, '11:00', '13:00'),
    worked(TABLET, '14:00', '15:00'),
  ]

  expect(bothWords({ group: 'time', versions })).toEqual({
    word: 'All of it happened',
    text: 'Makes 3 entries, together 6\u00a0h\u00a000',
  })
})

test('notes can be kept below each other as long as they fit into one', () => {
  const notes = (...texts: readonly string[]): Conflict => ({
    group: 'note',
    versions: texts.map((note) => version(PHONE, { note })),
  })

  expect(allNotes(notes('pump 4', '', ' pump 5 ').versions)).toBe('pump 4\npump 5')
  expect(bothWords(notes('a', 'b'))?.word).toBe('Keep all the words')
  expect(bothWords(notes('x'.repeat(1999), 'y'))).toBeNull()
})

test('the button of a long note names its author, because the note stands above it', () => {
  const long = version(TABLET, { note: 'the pump was leaking '.repeat(20) })
  const versions = [version(PHONE, { note: 'pump 4' }), long]

  expect(answers({ group: 'note', versions })).toEqual(['pump 4', 'You on tablet'])
})

test('of two projects one has to be chosen', () => {
  const versions = [
    version(PHONE, { project: { id: 'p1', name: 'Yard' } }),
    version(TABLET, { project: null }),
  ]

  expect(bothWords({ group: 'alloc', versions })).toBeNull()
  expect(answers({ group: 'alloc', versions })).toEqual(['Yard', 'No project yet'])
})
