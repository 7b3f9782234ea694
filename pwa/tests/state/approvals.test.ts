/** A decision is about what was on the screen, and about nothing else. */
import { beforeEach, expect, test } from 'vitest'
import type { Local } from '../../src/state/local.svelte'
import { refreshAll } from '../../src/state/local.svelte'
import {
  acknowledge,
  approve,
  approveAllClean,
  giveBack,
  inbox,
  personDay,
  showPersonDay,
  takeBack,
} from '../../src/state/approvals.svelte'
import { writeAnswers } from '../../src/store/entries'
import { ACTOR, ANA, entryId, NOW, time } from '../support/phones'
import { BEN, ELSEWHERE, openedPhone, project, pulled, row, writtenOn } from '../support/screens'

let local: Local

beforeEach(async () => {
  local = await openedPhone()
})

async function shows(...rows: Parameters<typeof pulled>[1][]): Promise<void> {
  await pulled(local, ...rows)
  await refreshAll()
}

test('an approval names the content and the clock that were on the screen', async () => {
  await shows(row(entryId(1), 4, { owner: BEN }))
  const [view] = inbox.clean
  // It changes after it was painted and before the tap.
  await pulled(local, row(entryId(1), 5, { owner: BEN, v: { time: [time('16:00')] } }))

  await approve(view === undefined ? [] : [view])

  const [written] = await writtenOn(local)
  expect(written?.operation).toMatchObject({
    by: 'approve',
    dg: view?.seen.digest,
    c: { [ELSEWHERE]: [4, 'AAAAAA'] },
  })
})

test('what was approved and had changed meanwhile is asked again, until it was seen', async () => {
  await shows(row(entryId(1), 4, { owner: BEN }))
  await approveAllClean()
  const [written] = await writtenOn(local)
  const answer = { st: 'applied', code: null, field: null, note: 'superseded' } as const
  await writeAnswers(local.database, ANA, ACTOR, [{ sequenceNumber: 1, answer }], NOW)
  await shows(
    row(entryId(1), 5, {
      owner: BEN,
      v: { time: [time('16:00')], alloc: [project('p1')] },
      vv: { [ELSEWHERE]: [5, 'AAAAAA'], [ACTOR]: [1, 'AAAAAA'] },
    }),
  )

  const [changed] = inbox.changedMeanwhile
  expect(changed).toMatchObject({ kind: 'approve', note: 'superseded' })
  expect(changed?.entry?.workedSeconds).toBe(9 * 3600)
  expect(inbox.entries.map(({ id }) => id)).toEqual([entryId(1)])

  await acknowledge(written?.operation.id ?? '')
  expect(inbox.changedMeanwhile).toEqual([])
})

test('only what does not stand out is approved together', async () => {
  const long = { ...row(entryId(2), 1), v: { time: [time('21:00')], alloc: [project('p1')] } }
  await shows(
    row(entryId(1), 1, { owner: BEN }),
    { ...long, owner: BEN },
    row(entryId(3), 1, { owner: BEN, v: { time: [time('15:00')], alloc: [project(null)] } }),
    row(entryId(4), 1, { owner: BEN, flags: ['overlap'] }),
    row(entryId(5), 1, {
      owner: BEN,
      v: { time: [time('15:00'), time('14:00')], alloc: [project('p1')] },
      dots: {
        time: [
          [ELSEWHERE, 1],
          ['cccccccccc', 1],
        ],
      },
    }),
  )

  expect(inbox.exceptions).toHaveLength(4)
  const approved = await approveAllClean()

  expect(approved.map(({ id }) => id)).toEqual([entryId(1)])
  expect((await writtenOn(local)).map(({ operation }) => operation.e)).toEqual([entryId(1)])
  expect(inbox.clean).toEqual([])
})

test('nobody approves their own time', async () => {
  await shows(row(entryId(1), 1))
  await showPersonDay(ANA, '2026-03-02')

  expect(inbox.entries).toEqual([])
  expect(await approve(personDay.current?.entries ?? [])).toEqual([])
  expect(personDay.current?.entries).toHaveLength(1)
  expect(await writtenOn(local)).toEqual([])
})

test('an approval that is taken back names the same content and covers the approval', async () => {
  await shows(row(entryId(1), 4, { owner: BEN }))
  const approved = await approveAllClean()

  await takeBack(approved)

  const [approval, revoke] = await writtenOn(local)
  expect(revoke?.operation).toMatchObject({ by: 'revoke', dg: approval?.operation.dg })
  expect(revoke?.operation.c[ACTOR]).toEqual([1, approval?.operation.h.slice(0, 6)])
  expect(revoke?.operation.c[ELSEWHERE]).toEqual([4, 'AAAAAA'])
})

test('what is sent back carries its reason and leaves the inbox', async () => {
  await shows(row(entryId(1), 4, { owner: BEN }))
  const [view] = inbox.entries
  if (view !== undefined) await giveBack(view, 'End time is wrong')

  const [written] = await writtenOn(local)
  expect(written?.operation).toMatchObject({
    by: 'reject',
    s: { reason: { v: 'End time is wrong' } },
  })
  expect(inbox.entries).toEqual([])
})
