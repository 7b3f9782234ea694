/** A write is one transaction: the operation, the entry and the chain, or none of them. */
import { expect, test } from 'vitest'
import { anchorOf } from '../../src/core/hash_chain'
import { chainHead } from '../../src/store/device'
import { entryOf, writeAnswers, writeOperations } from '../../src/store/entries'
import { writePage } from '../../src/store/feed'
import { operationsFrom, waitingCount } from '../../src/store/operations'
import type { EntryRow } from '../../src/core/entry_record'
import { ACTOR, ANA, enrolledDatabase, entryId, NOW, salt, time, write } from '../support/phones'

const ONE = entryId(1)

function rowOf(changes: Partial<EntryRow>): EntryRow {
  return {
    id: ONE,
    rev: 1,
    owner: ANA,
    d: [ACTOR, 1],
    dots: {},
    vv: {},
    v: { time: [time('15:00')] },
    status: 'draft',
    flags: [],
    approved: null,
    posted: null,
    ...changes,
  }
}

test('a saved operation, its entry and the end of the chain are there together', async () => {
  const database = await enrolledDatabase()

  const [written] = await writeOperations(
    database,
    ANA,
    [write(ONE, { time: time('15:00') })],
    salt,
    NOW,
  )

  const head = await chainHead(database)
  expect(head).toEqual({ actor: ACTOR, sequenceNumber: 1, hash: written?.operation.h })
  expect((await entryOf(database, ONE))?.own.map(({ operation }) => operation.q)).toEqual([1])
  expect(await waitingCount(database)).toBe(1)
})

test('what cannot be written whole is not written at all', async () => {
  const database = await enrolledDatabase()
  const broken = (): Uint8Array => {
    throw new Error('no random bytes')
  }

  await expect(
    writeOperations(database, ANA, [write(ONE, { time: time('15:00') })], broken, NOW),
  ).rejects.toThrow('no random bytes')

  expect(await entryOf(database, ONE)).toBeNull()
  expect(await waitingCount(database)).toBe(0)
  expect((await chainHead(database))?.sequenceNumber).toBe(0)
})

test('the same act written twice is one operation', async () => {
  const database = await enrolledDatabase()
  const act = write(ONE, { time: time('15:00') })
  await writeOperations(database, ANA, [act], salt, NOW)

  await writeOperations(database, ANA, [act], salt, NOW)

  expect(await waitingCount(database)).toBe(1)
})

test('writes at the same moment make one gap-free chain', async () => {
  const database = await enrolledDatabase()
  const acts = Array.from({ length: 20 }, (_, at) => write(entryId(at), { note: String(at) }))

  await Promise.all(acts.map((act) => writeOperations(database, ANA, [act], salt, NOW)))

  const numbers = (await operationsFrom(database, ACTOR, 1, 100)).map(
    ({ operation }) => operation.q,
  )
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
})

test('a change has seen what was on the screen, and the own operations after it', async () => {
  const database = await enrolledDatabase()
  const [first] = await writeOperations(
    database,
    ANA,
    [write(ONE, { time: time('15:00') })],
    salt,
    NOW,
  )
  const seen = { bbbbbbbbbb: [4, 'Zz01kd'] as const }

  const [second] = await writeOperations(
    database,
    ANA,
    [write(ONE, { note: 'pump' }, { kind: 'edit', context: seen })],
    salt,
    NOW,
  )

  expect(second?.operation.c).toEqual({
    ...seen,
    [ACTOR]: [1, anchorOf(first?.operation.h ?? '')],
  })
})

test('an operation is never changed after it was written, whatever is answered', async () => {
  const database = await enrolledDatabase()
  await writeOperations(database, ANA, [write(ONE, { time: time('15:00') })], salt, NOW)
  const [before] = await operationsFrom(database, ACTOR, 1, 1)

  const answer = { st: 'held', code: 'project_closed', field: 'alloc.project', note: null } as const
  await writeAnswers(database, ANA, ACTOR, [{ sequenceNumber: 1, answer }], NOW)
  await writePage(database, ANA, {
    rows: [rowOf({})],
    goneIds: [],
    epoch: 'e1',
    cursor: 'c1',
    isLast: true,
  })

  const [after] = await operationsFrom(database, ACTOR, 1, 1)
  expect(after?.operation).toEqual(before?.operation)
  expect(await waitingCount(database)).toBe(0)
})
