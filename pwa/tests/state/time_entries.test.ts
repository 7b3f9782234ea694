/** A tap is saved when it resolves, and is about what the person saw. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { needsYou, resolve } from '../../src/state/conflicts.svelte'
import { refreshAll, type Local } from '../../src/state/local.svelte'
import { outbox } from '../../src/state/outbox.svelte'
import {
  change,
  completeWeek,
  draftOf,
  endBreak,
  entry,
  finish,
  overlapOf,
  remove,
  restore,
  showEntry,
  showWeek,
  start,
  startBreak,
  switchTo,
  today,
  undoFinish,
  week,
} from '../../src/state/time_entries.svelte'
import { writeAnswers } from '../../src/store/entries'
import { REFERENCE, saveFact } from '../../src/store/meta'
import { ACTOR, ANA, entryId, NOW, time } from '../support/phones'
import { ELSEWHERE, openedPhone, project, pulled, row, writtenOn } from '../support/screens'

const MONDAY = '2026-03-02'
const OTHER = 'cccccccccc'
/** The clock of a row that two other phones wrote. */
const BOTH = { [ELSEWHERE]: [1, 'AAAAAA'], [OTHER]: [1, 'AAAAAA'] } as const

let local: Local

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  local = await openedPhone()
})

afterEach(() => {
  vi.useRealTimers()
})

function later(minutes: number): void {
  vi.setSystemTime(Date.now() + minutes * 60_000)
}

async function kinds(): Promise<readonly string[]> {
  return (await writtenOn(local)).map(({ operation }) => operation.by)
}

test('start, break, switch and finish make a day without a gap between two jobs', async () => {
  await start('p1')
  later(60)
  await startBreak()
  expect(today.running?.breakSince).toBe(NOW / 1000 + 3600)
  later(30)
  await endBreak()
  later(30)
  await switchTo('p2')
  later(60)
  await finish()

  expect(today.running).toBeNull()
  expect(today.entries.map(({ workedSeconds }) => workedSeconds)).toEqual([5400, 3600])
  const [first, second] = today.entries.map(({ time: shown }) => shown)
  expect(first?.form === 'interval' && first.end).toBe(NOW / 1000 + 7200)
  expect(second?.form === 'interval' && second.start).toBe(NOW / 1000 + 7200)
})

test('each tap says Sent only after the server has answered for it', async () => {
  await start('p1')
  expect(today.entries[0]?.state).toBe('on_this_phone')
  expect(outbox.items.map(({ state }) => state)).toEqual(['waiting'])

  const answer = { st: 'applied', code: null, field: null, note: null } as const
  await writeAnswers(local.database, ANA, ACTOR, [{ sequenceNumber: 1, answer }], NOW)
  await refreshAll()

  expect(today.entries[0]?.state).toBe('sent')
  expect(outbox.items).toEqual([])
  expect(outbox.recentlySent.map(({ state }) => state)).toEqual(['sent'])
})

test('what came after its period was closed is sent, and known to be late', async () => {
  await start('p1')
  const answer = { st: 'late', code: null, field: null, note: null } as const
  await writeAnswers(local.database, ANA, ACTOR, [{ sequenceNumber: 1, answer }], NOW)
  await refreshAll()

  expect(outbox.recentlySent.map(({ state, isLate }) => [state, isLate])).toEqual([['sent', true]])
})

test('a finish that is undone runs again from the same start', async () => {
  await start('p1')
  const { running } = today
  later(60)
  await finish()

  if (running !== null) await undoFinish(running)

  expect(today.running?.time).toEqual(running?.time)
  expect(await kinds()).toEqual(['new', 'edit', 'edit'])
})

test('a form is bound to what it showed when it opened, and a newer row is a question', async () => {
  await pulled(local, row(entryId(1), 4))
  await showEntry(entryId(1))
  const opened = entry.current
  const other = { time: [time('14:00')], alloc: [project('p1')] }
  await pulled(local, row(entryId(1), 5, { v: other }))
  await refreshAll()

  if (opened === null) throw new Error('the entry is not shown')
  const draft = draftOf(opened)
  await change(opened, { ...draft, end: (draft.end ?? 0) + 1800 })

  const [written] = await writtenOn(local)
  expect(written?.operation).toMatchObject({ by: 'edit', c: { [ELSEWHERE]: [4, 'AAAAAA'] } })
  expect(needsYou.entries.map(({ id }) => id)).toEqual([entryId(1)])
  expect(needsYou.entries[0]?.range).toEqual({ least: 7 * 3600, most: 8.5 * 3600 })
})

test('a conflict is answered with this, with both, or with something else', async () => {
  const dots = {
    time: [
      [ELSEWHERE, 1],
      [OTHER, 1],
    ] as const,
  }
  const two = {
    v: { time: [time('15:00'), time('14:00')], alloc: [project('p1')] },
    dots,
    vv: BOTH,
  }
  await pulled(local, row(entryId(1), 1, two), row(entryId(2), 1, two), row(entryId(3), 1, two))
  await refreshAll()
  const [first, second, third] = needsYou.entries
  if (first === undefined || second === undefined || third === undefined) {
    throw new Error('three questions are asked')
  }

  await resolve(first, 'time', { kind: 'version', dot: [OTHER, 1] })
  await resolve(second, 'time', { kind: 'both_happened' })
  const draft = draftOf(third)
  await resolve(third, 'time', { kind: 'other', draft: { ...draft, end: (draft.end ?? 0) - 1800 } })

  expect(await kinds()).toEqual(['resolve', 'resolve', 'new', 'resolve'])
  expect(needsYou.count).toBe(0)
  await showWeek(MONDAY)
  const hours = week.current?.days[0]?.entries.map(({ workedSeconds }) => workedSeconds / 3600)
  expect(hours?.toSorted()).toEqual([7, 7, 7.5, 8])
})

async function pulledWithTwoQuestions(): Promise<void> {
  const pair = [
    [ELSEWHERE, 1],
    [OTHER, 1],
  ] as const
  const v = {
    time: [time('15:00'), time('14:00')],
    alloc: [project('p1')],
    note: ['pump 4', 'pump 5'],
  }
  await pulled(local, row(entryId(1), 1, { v, dots: { time: pair, note: pair }, vv: BOTH }))
  await refreshAll()
}

test('own words for one question leave the other questions of the entry open', async () => {
  await pulledWithTwoQuestions()
  const [asked] = needsYou.entries
  if (asked === undefined) throw new Error('a question is asked')

  await resolve(asked, 'note', {
    kind: 'other',
    draft: { ...draftOf(asked), note: 'pump 4 and 5' },
  })

  const [written] = await writtenOn(local)
  expect(Object.keys(written?.operation.s ?? {})).toEqual(['note'])
  expect(needsYou.entries[0]?.conflicts.map(({ group }) => group)).toEqual(['time'])
})

test('what is shown may be the answer, also when nothing of it was changed', async () => {
  await pulledWithTwoQuestions()
  const [asked] = needsYou.entries
  if (asked === undefined) throw new Error('a question is asked')

  await resolve(asked, 'time', { kind: 'other', draft: draftOf(asked) })

  expect(needsYou.entries[0]?.conflicts.map(({ group }) => group)).toEqual(['note'])
})

test('a change of the project answers no question about the time', async () => {
  await pulledWithTwoQuestions()
  await showEntry(entryId(1))
  const opened = entry.current
  if (opened === null) throw new Error('the entry is not shown')

  await change(opened, { ...draftOf(opened), project: 'p2' })

  const [written] = await writtenOn(local)
  expect(Object.keys(written?.operation.s ?? {})).toEqual(['alloc'])
  expect(entry.current?.conflicts.map(({ group }) => group)).toEqual(['time', 'note'])
})

test('another project as the answer is billable only if the project is', async () => {
  const projects = [{ id: 'p3', name: 'Yard', tasks: [], billable: false, closed: false }]
  await saveFact(local.database, REFERENCE, { projects, people: [], readAt: null })
  const dots = {
    alloc: [
      [ELSEWHERE, 1],
      [OTHER, 1],
    ] as const,
  }
  const alloc = [project('p1'), project('p2')]
  await pulled(local, row(entryId(1), 1, { v: { time: [time('15:00')], alloc }, dots, vv: BOTH }))
  await refreshAll()
  const [asked] = needsYou.entries
  if (asked === undefined) throw new Error('a question is asked')

  await resolve(asked, 'alloc', { kind: 'other', draft: { ...draftOf(asked), project: 'p3' } })

  const [written] = await writtenOn(local)
  expect(written?.operation.s?.['alloc']?.v).toEqual(project('p3', false))
})

test('what was removed comes back whole', async () => {
  await pulled(local, row(entryId(1), 1))
  await showEntry(entryId(1))
  const shown = entry.current
  if (shown === null) throw new Error('the entry is not shown')

  await remove(shown)
  expect(entry.current?.isDeleted).toBe(true)
  if (entry.current !== null) await restore(entry.current)

  expect(entry.current).toMatchObject({ isDeleted: false, workedSeconds: 8 * 3600 })
  expect(await kinds()).toEqual(['delete', 'restore'])
})

test('a week is complete when each of its entries that can be is submitted', async () => {
  await pulled(local, row(entryId(1), 1), row(entryId(2), 1))
  await showWeek(MONDAY)
  expect(week.current?.isComplete).toBe(false)

  expect(await completeWeek(MONDAY)).toBe(2)

  expect(week.current?.isComplete).toBe(true)
  expect(await completeWeek(MONDAY)).toBe(0)
  expect(await kinds()).toEqual(['submit', 'submit'])
})

test('a time that overlaps another entry is noticed before it is saved', async () => {
  await pulled(local, row(entryId(1), 1))
  await refreshAll()
  const at = (clock: string): number => Date.parse(`2026-03-02T${clock}:00Z`) / 1000

  const inside = await overlapOf({ start: at('14:59'), end: at('16:00') }, null)

  expect(inside?.id).toBe(entryId(1))
  expect(await overlapOf({ start: at('15:00'), end: at('16:00') }, null)).toBeNull()
  expect(await overlapOf({ start: at('07:00'), end: at('15:00') }, entryId(1))).toBeNull()
})
