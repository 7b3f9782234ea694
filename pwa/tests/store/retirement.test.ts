/** What is erased when a phone is retired, and when the rest is. */
import { expect, test } from 'vitest'
import { chainHead, deviceOf } from '../../src/store/device'
import { entryOf, writeAnswers } from '../../src/store/entries'
import { writePage } from '../../src/store/feed'
import { fetchFact, FEED, REFERENCE, RETIREMENT, saveFact } from '../../src/store/meta'
import { operationsFrom, waitingCount } from '../../src/store/operations'
import {
  eraseAll,
  eraseAllButOutbox,
  eraseWhenDone,
  markDeposited,
} from '../../src/store/retirement'
import { ACTOR, ANA, enrolledDatabase, entryId, noted, NOW } from '../support/phones'
import { row } from '../support/screens'

const APPLIED = { st: 'applied', code: null, field: null, note: null } as const
const LATE = NOW + 45 * 86_400_000

/** Return a phone with three operations, the first answered, a row, and names. */
async function phone() {
  const database = await enrolledDatabase()
  await noted(database, 3)
  await writeAnswers(database, ANA, ACTOR, [{ sequenceNumber: 1, answer: APPLIED }], NOW)
  const page = { goneIds: [], epoch: 'e1', cursor: 'c', isLast: true }
  await writePage(database, ANA, { ...page, rows: [row(entryId(50), 1)] })
  const person = { id: 'b', name: 'Ben' }
  await saveFact(database, REFERENCE, { projects: [], people: [person], readAt: 1 })
  return database
}

test('rows, names and the archive are erased; the outbox and its keys stay', async () => {
  const database = await phone()

  await eraseAllButOutbox(database, NOW)

  expect(await entryOf(database, entryId(50))).toBe(null)
  expect((await fetchFact(database, REFERENCE)).people).toEqual([])
  expect((await fetchFact(database, FEED)).cursor).toBe(null)
  const kept = await operationsFrom(database, ACTOR, 1, 10)
  expect(kept.map(({ operation }) => operation.q)).toEqual([2, 3])
  expect((await deviceOf(database))?.keys.privateKey).toBeInstanceOf(CryptoKey)
  expect((await chainHead(database))?.sequenceNumber).toBe(3)
})

test('the first moment counts, however often it is said', async () => {
  const database = await phone()
  await eraseAllButOutbox(database, NOW)
  await eraseAllButOutbox(database, LATE)

  expect(await fetchFact(database, RETIREMENT)).toEqual({ at: NOW / 1000 })
})

test('what is deposited stays for 45 days, what is not stays until it is', async () => {
  const database = await phone()
  expect(await eraseWhenDone(database, LATE)).toBe(false)
  await eraseAllButOutbox(database, NOW)
  await markDeposited(database, ACTOR, [2], NOW)
  expect(await eraseWhenDone(database, LATE)).toBe(false)
  await markDeposited(database, ACTOR, [3, 99], NOW)

  expect(await eraseWhenDone(database, LATE - 1)).toBe(false)
  expect(await waitingCount(database)).toBe(2)
  expect(await eraseWhenDone(database, LATE)).toBe(true)
  expect(await deviceOf(database)).toBe(null)
})

test('with nothing to hand in everything is erased at once', async () => {
  const database = await enrolledDatabase()
  await eraseAllButOutbox(database, NOW)

  expect(await eraseWhenDone(database, NOW)).toBe(true)
  expect(await deviceOf(database)).toBe(null)
})

test('a person who leaves leaves nothing', async () => {
  const database = await phone()

  await eraseAll(database)

  expect(await operationsFrom(database, ACTOR, 1, 10)).toEqual([])
  expect(await chainHead(database)).toBe(null)
})
