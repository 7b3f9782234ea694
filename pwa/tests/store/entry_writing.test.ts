/** Under which keys an entry is found. */
import { expect, test } from 'vitest'
import { emptyRecord, withRow } from '../../src/core/entry_record'
import { indexed, putOrDelete } from '../../src/store/entry_writing'
import { entryOf } from '../../src/store/entries'
import { ANA, enrolledDatabase, entryId, noted, time } from '../support/phones'
import { BEN, row } from '../support/screens'

test('an entry is found by its day, by running, and by waiting for a decision', () => {
  const id = entryId(1)
  const of = (changes: Parameters<typeof row>[2]) =>
    indexed(withRow(emptyRecord(id, ANA), row(id, 1, changes)), ANA, 1)

  expect(of({})).toMatchObject({ ownerDay: [ANA, '2026-03-02'] })
  expect(of({ v: { time: [time(null)] } })).toMatchObject({ running: 1 })
  expect(of({ owner: BEN })).toMatchObject({ waits: ['2026-03-02', BEN] })
  expect(of({ status: 'rejected' })).toMatchObject({ asks: 1 })
  expect(of({})).not.toHaveProperty('waits')
})

test('a record of which nothing is left is no entry', async () => {
  const database = await enrolledDatabase()
  await noted(database, 1, 1)
  await database.write(['entries'], async (transaction) => {
    const entries = transaction.objectStore('entries')
    await putOrDelete(entries, emptyRecord(entryId(1), ANA), ANA, 1)
    await putOrDelete(entries, withRow(emptyRecord(entryId(2), ANA), row(entryId(2), 1)), ANA, 1)
  })

  expect(await entryOf(database, entryId(1))).toBe(null)
  expect((await entryOf(database, entryId(2)))?.row?.rev).toBe(1)
})
