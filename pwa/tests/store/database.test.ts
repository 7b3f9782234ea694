/** Dead connections, full phones and other tabs: written is written whole, or not at all. */
import { forceCloseDatabase } from 'fake-indexeddb'
import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { moveBranch } from '../../src/store/branches'
import { OutdatedTab, PhoneDatabase, StorageFailed, StorageLost } from '../../src/store/database'
import { chainHead, newKeyPair } from '../../src/store/device'
import { writeAnswers, writeOperations } from '../../src/store/entries'
import { writePage } from '../../src/store/feed'
import { operationsFrom } from '../../src/store/operations'
import { eraseAll, eraseAllButOutbox } from '../../src/store/retirement'
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
import { fillUp } from '../support/full_phone'

/** End a connection as the browser does when it erases or repairs a database. */
function ended(connection: object): void {
  const end: (connection: never) => void = forceCloseDatabase
  Reflect.apply(end, null, [connection])
}

const APPLIED = { st: 'applied', code: null, field: null, note: null } as const

afterEach(() => {
  vi.restoreAllMocks()
})

async function numbersOf(database: PhoneDatabase): Promise<readonly number[]> {
  return (await operationsFrom(database, ACTOR, 1, 100)).map(({ operation }) => operation.q)
}

/** Return everything that a database holds, to be compared. */
async function contents(database: PhoneDatabase): Promise<unknown> {
  return database.read(['operations', 'entries', 'meta'], async (transaction) => ({
    operations: await transaction.objectStore('operations').getAll(),
    entries: await transaction.objectStore('entries').getAll(),
    meta: await transaction.objectStore('meta').getAll(),
  }))
}

test('a connection that was closed in the background is opened anew', async () => {
  const database = await enrolledDatabase()
  await database.run((connection) => {
    connection.close()
    return Promise.resolve()
  })

  await noted(database, 1)

  expect(await numbersOf(database)).toEqual([1])
})

test('a connection that the browser ends with an event is opened anew, also mid-write', async () => {
  const database = await enrolledDatabase()
  await database.run((connection) => {
    ended(connection)
    return Promise.resolve()
  })
  await noted(database, 1)
  let isFirst = true
  await database.write(['meta'], async (transaction) => {
    await transaction.objectStore('meta').put('x', 'written')
    if (isFirst) {
      isFirst = false
      ended(transaction.db)
    }
  })

  expect(await numbersOf(database)).toEqual([1])
  expect(isFirst).toBe(false)
})

test('a tab that is older than the database says so', async () => {
  const database = await enrolledDatabase()
  const newer = await openDB(database.name, 99)

  await expect(noted(database, 1)).rejects.toBeInstanceOf(OutdatedTab)
  newer.close()
})

test('what one enrolled phone lost cannot be written, and is told apart', async () => {
  const database = await enrolledDatabase()
  await eraseAll(database)

  await expect(noted(database, 1)).rejects.toBeInstanceOf(StorageLost)
})

test('two tabs and a worker that write at once make one chain', async () => {
  const database = await enrolledDatabase()
  const contexts = [database, new PhoneDatabase(database.name), new PhoneDatabase(database.name)]

  await Promise.all(
    Array.from({ length: 30 }, (_, at) => noted(contexts[at % 3] ?? database, 1, at)),
  )

  expect(await numbersOf(database)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1))
  expect((await chainHead(database))?.sequenceNumber).toBe(30)
})

const WRITES: readonly (readonly [string, (database: PhoneDatabase) => Promise<unknown>])[] = [
  [
    'a save',
    (database) =>
      writeOperations(
        database,
        ANA,
        [write(entryId(1), { time: time('15:00') }), write(entryId(2), { note: 'pump' })],
        salt,
        NOW,
      ),
  ],
  [
    'the answers to a push',
    (database) => {
      const answers = [1, 2].map((sequenceNumber) => ({ sequenceNumber, answer: APPLIED }))
      return writeAnswers(database, ANA, ACTOR, answers, NOW)
    },
  ],
  [
    'a page of rows',
    (database) => {
      const rows = [row(entryId(1), 1), row(entryId(10), 2)]
      return writePage(database, ANA, { rows, goneIds: [], epoch: 'e', cursor: 'c', isLast: true })
    },
  ],
  [
    'a branch',
    async (database) => {
      const fresh = { actor: 'nnnnnnnnnn', keys: await newKeyPair() }
      return moveBranch(database, ANA, { of: ACTOR, sharedNumber: 1, leftOut: null, fresh }, NOW)
    },
  ],
  ['a retirement', (database) => eraseAllButOutbox(database, NOW)],
]

test.each(WRITES)('%s on a full phone leaves everything as it was', async (_name, act) => {
  let steps = 0
  for (let failsAt = 1; ; failsAt += 1) {
    const database = await enrolledDatabase()
    await noted(database, 3, 10)
    const before = await contents(database)
    steps = 0
    fillUp(() => {
      steps += 1
      return steps === failsAt
    })
    const failed = await act(database).then(
      () => null,
      (error: unknown) => error,
    )
    vi.restoreAllMocks()
    if (failed === null) break
    expect(failed).toBeInstanceOf(StorageFailed)
    expect(failed).toMatchObject({ isFull: true })
    expect(await contents(database)).toEqual(before)
  }
  expect(steps).toBeGreaterThan(0)
})
