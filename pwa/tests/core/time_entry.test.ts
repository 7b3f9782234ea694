import { expect, test } from 'vitest'
import type { JsonValue } from '../../src/core/json_value'
import {
  clockFlags,
  faultyMember,
  openBreakStart,
  ownFlags,
  readTime,
  workDate,
  workedSeconds,
  workedSecondsAt,
  type Interval,
} from '../../src/core/time_entry'
import { vectors } from '../support/vectors'

interface Example {
  readonly name: string
  readonly values: Readonly<Record<string, JsonValue>>
  readonly expected: {
    readonly held: { readonly code: string; readonly field: string | null } | null
    readonly worked_seconds?: number
    readonly work_date?: string
    readonly flags?: readonly string[]
  }
}

const examples = vectors<Example>('time_entry.json')

test.each(examples)('$name', ({ values, expected }) => {
  const isJudgedByServerClock = expected.held?.code === 'future_time'

  const field = faultyMember(values)

  expect(field).toBe(isJudgedByServerClock ? null : (expected.held?.field ?? null))
})

test.each(examples.filter(({ expected }) => expected.worked_seconds !== undefined))(
  '$name: what follows from the time',
  ({ values, expected }) => {
    const value = readTime(values['time'])
    if (value === null) throw new Error('the time was not read')

    expect(workedSeconds(value.time)).toBe(expected.worked_seconds)
    expect(workDate(value)).toBe(expected.work_date)
    expect([...ownFlags(value)].sort()).toEqual([...(expected.flags ?? [])].sort())
  },
)

const running: Interval = {
  form: 'interval',
  start: 1_000_000,
  end: null,
  breaks: [
    { start: 1_000_600, end: 1_000_900, seconds: null, paid: false },
    { start: 1_001_000, end: null, seconds: null, paid: false },
  ],
}

test('a running time counts up to now without its breaks, the open one too', () => {
  expect(workedSeconds(running)).toBe(0)
  expect(workedSecondsAt(running, 1_001_200)).toBe(1200 - 300 - 200)
  expect(openBreakStart(running)).toBe(1_001_000)
})

test('a timer that runs for more than 16 hours is asked about', () => {
  expect(clockFlags(running, 1_000_000 + 16 * 3600)).toEqual([])
  expect(clockFlags(running, 1_000_001 + 16 * 3600)).toEqual(['open_timer'])
})

test('a time ahead of the clock is marked, a clock that is two minutes off is not enough', () => {
  expect(clockFlags({ ...running, end: 1_000_500 }, 1_000_300)).toEqual(['future'])
  expect(clockFlags({ ...running, end: 1_000_400 }, 1_000_300)).toEqual([])
})

test('a zone that this phone does not know is read but not written', () => {
  const value = {
    start: '2026-03-02T07:00:00Z',
    end: '2026-03-02T15:00:00Z',
    brk: [],
    tz: 'Mars/Olympus',
    src: 'timer',
    elapsed: null,
  }

  expect(readTime(value)).not.toBeNull()
  expect(faultyMember({ time: value })).toBe('time.tz')
})
