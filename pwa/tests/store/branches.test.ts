/** A branch moves in one transaction: outbox, entries, names and feed, or nothing of it. */
import { expect, test } from 'vitest'
import { chainHead, deviceOf, newKeyPair } from '../../src/store/device'
import { moveBranch } from '../../src/store/branches'
import { entriesOfDays, entryOf, writeAnswers, writeOperations } from '../../src/store/entries'
import { writePage } from '../../src/store/feed'
import { EVENTS, FEED, fetchFact, FORMER_ACTORS } from '../../src/store/meta'
import { operationsFrom, waitingCount } from '../../src/store/operations'
import {
  ACTOR,
  ANA,
  enrolledDatabase,
  entryId,
  noted,
  NOW,
  salt,
  time,
  write,
} from '../support/phones'
import { row } from '../support/screens'

const NEW = 'nnnnnnnnnn'
const APPLIED = { st: 'applied', code: null, field: null, note: null } as const

async function freshNamed(actor: string) {
  return { actor, keys: await newKeyPair() }
}

test('what was answered under the old name waits again under the new one', async () => {
  const database = await enrolledDatabase()
  const ids = await noted(database, 3)
  const answers = [1, 2, 3].map((sequenceNumber) => ({ sequenceNumber, answer: APPLIED }))
  await writeAnswers(database, ANA, ACTOR, answers, NOW)
  const move = { of: ACTOR, sharedNumber: 1, leftOut: null, fresh: await freshNamed(NEW) }

  expect(await moveBranch(database, ANA, move, NOW)).toBe(2)

  const moved = await operationsFrom(database, NEW, 1, 10)
  expect(moved.map(({ operation }) => operation.id)).toEqual(ids.slice(1))
  expect(moved.map(({ answer, answeredAt }) => [answer, answeredAt])).toEqual([
    [null, undefined],
    [null, undefined],
  ])
  expect(await waitingCount(database)).toBe(2)
  expect(await operationsFrom(database, ACTOR, 1, 10)).toHaveLength(1)
  expect(await chainHead(database)).toMatchObject({ actor: NEW, sequenceNumber: 2 })
  expect((await deviceOf(database))?.keys).toEqual(move.fresh.keys)
  expect((await fetchFact(database, FEED)).cursor).toBe(null)
})

test('the entry stays where it was found, also while the next row comes without it', async () => {
  const database = await enrolledDatabase()
  const entry = entryId(1)
  await writeOperations(database, ANA, [write(entry, { time: time('15:00') })], salt, NOW)
  await writeAnswers(database, ANA, ACTOR, [{ sequenceNumber: 1, answer: APPLIED }], NOW)
  const anchor = (await chainHead(database))?.hash?.slice(0, 6) ?? ''
  const shown = row(entry, 1, { d: [ACTOR, 1], vv: { [ACTOR]: [1, anchor] } })
  const page = { goneIds: [], epoch: 'e1', cursor: 'c', isLast: true }
  await writePage(database, ANA, { ...page, rows: [shown] })
  const move = { of: ACTOR, sharedNumber: 0, leftOut: null, fresh: await freshNamed(NEW) }

  await moveBranch(database, ANA, move, NOW)

  const record = await entryOf(database, entry)
  expect(record?.row?.d).toEqual([NEW, 1])
  expect(Object.keys(record?.row?.vv ?? {})).toEqual([NEW])
  expect(await entriesOfDays(database, ANA, '2026-03-02', '2026-03-02')).toHaveLength(1)
  expect(record?.own.map(({ actor, answer }) => [actor, answer])).toEqual([[NEW, null]])
})

test('a move that is done is not done twice, and one of an unknown name does nothing', async () => {
  const database = await enrolledDatabase()
  await noted(database, 2)
  const move = { of: ACTOR, sharedNumber: 1, leftOut: null, fresh: await freshNamed(NEW) }
  await moveBranch(database, ANA, move, NOW)
  const again = { ...move, fresh: await freshNamed('mmmmmmmmmm') }

  expect(await moveBranch(database, ANA, again, NOW)).toBe(0)
  expect(await moveBranch(database, ANA, { ...again, of: 'zzzzzzzzzz' }, NOW)).toBe(0)

  expect(await chainHead(database)).toMatchObject({ actor: NEW, sequenceNumber: 1 })
})

test('what goes wrong in the middle leaves everything as it was', async () => {
  const database = await enrolledDatabase()
  const ids = await noted(database, 3)
  const before = await chainHead(database)
  // The second operation to move cannot be linked anew.
  await database.write(['operations'], async (transaction) => {
    const store = transaction.objectStore('operations')
    const stored = await store.get([ACTOR, 3])
    if (stored === undefined) throw new Error('it was written')
    const s = { note: { v: 'x', n: 'no salt' } }
    await store.put({ ...stored, operation: { ...stored.operation, s } })
  })
  const move = { of: ACTOR, sharedNumber: 1, leftOut: null, fresh: await freshNamed(NEW) }

  await expect(moveBranch(database, ANA, move, NOW)).rejects.toThrow('salt')

  const kept = await operationsFrom(database, ACTOR, 1, 10)
  expect(kept.map(({ operation }) => operation.id)).toEqual(ids)
  expect(await chainHead(database)).toEqual(before)
  expect(await fetchFact(database, FORMER_ACTORS)).toEqual([])
  expect(await fetchFact(database, EVENTS)).toEqual({})
})
