/** Under which keys an entry is found, and when it is forgotten. */
import { expect, test } from 'vitest'
import { emptyRecord, withRow } from '../../src/core/entry_record'
import { dropUnseen, forget, indexed, putOrDelete } from '../../src/store/entry_writing'
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

test('a row that the server took away is forgotten unless this phone wrote on it', async () => {
  const database = await enrolledDatabase()
  await noted(database, 1, 1)
  await database.write(['entries'], async (transaction) => {
    const entries = transaction.objectStore('entries')
    const seen = withRow(emptyRecord(entryId(2), ANA), row(entryId(2), 1))
    await putOrDelete(entries, seen, ANA, 1)
    await putOrDelete(entries, withRow(emptyRecord(entryId(3), ANA), row(entryId(3), 1)), ANA, 2)
    await putOrDelete(entries, emptyRecord(entryId(4), ANA), ANA, 2)
    for (const id of [entryId(1), entryId(9)]) await forget(entries, id, ANA)
    await dropUnseen(entries, 2)
  })

  const found = await Promise.all([1, 2, 3, 4].map((at) => entryOf(database, entryId(at))))
  expect(found.map((record) => record !== null)).toEqual([true, false, true, false])
})
