/** Rows of the server never hide or drop what this phone has still to say. */
import { expect, test } from 'vitest'
import { entryOf, writeOperations } from '../../src/store/entries'
import { restartFeed, writePage } from '../../src/store/feed'
import { waitingOperations } from '../../src/store/operations'
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

test('a row of the server does not hide what is not answered yet', async () => {
  const database = await enrolledDatabase()
  await writeOperations(database, ANA, [write(ONE, { time: time('15:00') })], salt, NOW)

  await writePage(database, ANA, {
    rows: [rowOf({ rev: 9, vv: { bbbbbbbbbb: [1, 'AAAAAA'] }, d: ['bbbbbbbbbb', 1] })],
    goneIds: [],
    epoch: 'e1',
    cursor: 'c1',
    isLast: true,
  })

  const record = await entryOf(database, ONE)
  expect(record?.row?.rev).toBe(9)
  expect(record?.own).toHaveLength(1)
})

test('a complete pass drops rows that did not come, but never own operations', async () => {
  const database = await enrolledDatabase()
  const [gone, own] = [entryId(8), entryId(9)]
  const page = { goneIds: [], epoch: 'e1', cursor: 'c1', isLast: true }
  await writePage(database, ANA, { ...page, rows: [rowOf({ id: gone }), rowOf({ id: own })] })
  await writeOperations(
    database,
    ANA,
    [write(own, { note: 'mine' }, { kind: 'edit', context: { [ACTOR]: [1, 'AAAAAA'] } })],
    salt,
    NOW,
  )
  await restartFeed(database)

  await writePage(database, ANA, { ...page, rows: [rowOf({ id: ONE })] })

  expect(await entryOf(database, gone)).toBeNull()
  expect(await entryOf(database, own)).not.toBeNull()
  expect(await waitingOperations(database)).toHaveLength(1)
})
