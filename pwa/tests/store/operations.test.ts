/** The archive keeps what a server from a backup has to get again, for 45 days and in one piece. */
import { expect, test } from 'vitest'
import type { Answer } from '../../src/core/entry_record'
import type { PhoneDatabase } from '../../src/store/database'
import { moveBranch } from '../../src/store/branches'
import { newKeyPair } from '../../src/store/device'
import { writeAnswers } from '../../src/store/entries'
import {
  ARCHIVE_DAYS,
  NEVER_SENT,
  operationsFrom,
  purgeArchive,
  unsentCount,
} from '../../src/store/operations'
import { ACTOR, ANA, enrolledDatabase, noted, NOW } from '../support/phones'

const DAY = 86_400_000
const LATE = NOW + ARCHIVE_DAYS * DAY
const APPLIED: Answer = { st: 'applied', code: null, field: null, note: null }
const REFUSED: Answer = { st: 'held', code: 'value_invalid', field: 'time', note: null }

async function answered(
  database: PhoneDatabase,
  numbers: readonly number[],
  at = NOW,
  answer = APPLIED,
) {
  const answers = numbers.map((sequenceNumber) => ({ sequenceNumber, answer }))
  await writeAnswers(database, ANA, ACTOR, answers, at)
}

async function numbersOf(database: PhoneDatabase, actor = ACTOR): Promise<readonly number[]> {
  return (await operationsFrom(database, actor, 1, 100)).map(({ operation }) => operation.q)
}

test('what was answered stays for 45 days and then goes, except the end of the chain', async () => {
  const database = await enrolledDatabase()
  await noted(database, 4)
  await answered(database, [1, 2, 3, 4])

  expect(await purgeArchive(database, LATE - 1)).toBe(0)
  expect(await purgeArchive(database, LATE)).toBe(3)

  expect(await numbersOf(database)).toEqual([4])
})

test('what waits or asks keeps all behind it, so that the chain has no hole', async () => {
  const database = await enrolledDatabase()
  await noted(database, 5)
  await answered(database, [1, 3, 4])
  await answered(database, [2], NOW, REFUSED)

  await purgeArchive(database, LATE)

  expect(await numbersOf(database)).toEqual([2, 3, 4, 5])
})

test('what was answered once more stays for 45 days from then', async () => {
  const database = await enrolledDatabase()
  await noted(database, 2)
  await answered(database, [1, 2])
  await answered(database, [1], NOW + 10 * DAY)

  expect(await purgeArchive(database, LATE)).toBe(0)
  expect(await purgeArchive(database, LATE + 10 * DAY)).toBe(1)
})

test('a former name keeps its end too, and what never was sent goes when it is settled', async () => {
  const database = await enrolledDatabase()
  await noted(database, 4)
  await answered(database, [1, 2])
  const leftOut = { sequenceNumber: 3, answer: { ...REFUSED, note: NEVER_SENT } }
  const fresh = { actor: 'nnnnnnnnnn', keys: await newKeyPair() }
  await moveBranch(database, ANA, { of: ACTOR, sharedNumber: 2, leftOut, fresh }, NOW)

  await purgeArchive(database, LATE)
  expect(await numbersOf(database)).toEqual([2, 3])
  expect(await unsentCount(database)).toBe(2)
  await database.write(['operations'], async (transaction) => {
    const store = transaction.objectStore('operations')
    const stored = await store.get([ACTOR, 3])
    if (stored === undefined) throw new Error('it stayed behind')
    const { asks: _asks, ...settled } = stored
    await store.put(settled)
  })
  await purgeArchive(database, LATE)

  expect(await numbersOf(database)).toEqual([2])
  expect(await numbersOf(database, 'nnnnnnnnnn')).toEqual([1])
})
