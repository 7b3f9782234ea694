/** What comes in: rows that leave the sight or the window, sums that differ, servers that start anew. */
import { expect, test } from 'vitest'
import { writeOperations, entryOf } from '../../src/store/entries'
import { EVENTS, FEED, fetchFact } from '../../src/store/meta'
import { waitingCount } from '../../src/store/operations'
import type { PhoneDatabase } from '../../src/store/database'
import type { EntryRow } from '../../src/core/entry_record'
import { KeptServer } from '../support/kept_server'
import {
  ANA,
  enrolledDatabase,
  entryId,
  noted,
  NOW,
  salt,
  talk,
  time,
  write,
} from '../support/phones'
import { BEN, project, row } from '../support/screens'

const DAY = 86_400_000
const NOTHING = '0000000000000000'
const CID = '33333333-3333-7333-8333-333333333333'

/** Return a phone that has read these rows. */
async function phoneWith(...rows: readonly EntryRow[]) {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  server.rows = rows
  await talk(database, server)
  server.rows = []
  return { database, server }
}

async function rowsOf(database: PhoneDatabase, ...numbers: readonly number[]) {
  const found = await Promise.all(numbers.map((number) => entryOf(database, entryId(number))))
  return found.map((record) => record?.row?.rev ?? null)
}

/** Write an edit that the server does not take for now. */
async function unsent(database: PhoneDatabase, server: KeptServer, number: number): Promise<void> {
  const edit = write(entryId(number), { note: 'pump' }, { kind: 'edit' })
  await writeOperations(database, ANA, [edit], salt, NOW)
  server.refuse('/v1/sync/push', 403, 'not_your_device')
}

function pulls(server: KeptServer): readonly string[] {
  return server.asked.map(({ path }) => path).filter((path) => path.startsWith('/v1/sync/pull'))
}

function scope(name: string, from: string, count = 0, sum = NOTHING) {
  return { s: name, rev: 9, from, n: count, sum }
}

test('a person who leaves the sight takes their rows along, and nobody else’s', async () => {
  const { database, server } = await phoneWith(
    row(entryId(1), 1),
    row(entryId(2), 2, { owner: BEN }),
    row(entryId(3), 3, { owner: CID }),
  )
  server.page = { purge: [`w:${BEN}`] }

  await talk(database, server)

  expect(await rowsOf(database, 1, 2, 3)).toEqual([1, null, 3])
})

test('a project that leaves the sight takes its rows along; what comes in the same page stays', async () => {
  const alloc = { time: [time('15:00')], alloc: [project('p9')] }
  const { database, server } = await phoneWith(
    row(entryId(1), 1, { owner: BEN, v: alloc }),
    row(entryId(2), 2, { owner: BEN, v: alloc }),
  )
  server.page = { purge: ['p:p9'] }
  server.rows = [row(entryId(2), 5, { owner: BEN, v: alloc })]

  await talk(database, server)

  expect(await rowsOf(database, 1, 2)).toEqual([null, 5])
})

test.each([
  ['scope', { gone: [{ id: entryId(1), rev: 5, why: 'scope' }] }],
  ['deletion', { gone: [{ id: entryId(1), rev: 5, why: 'deleted' }] }],
  ['purge', { purge: [`w:${BEN}`] }],
])(
  'what this phone had still to say about a row is sent in spite of its %s',
  async (_why, page) => {
    const { database, server } = await phoneWith(row(entryId(1), 1, { owner: BEN }))
    server.page = page
    let isWritten = false
    const fetcher: KeptServer['fetcher'] = async (path, init) => {
      // It is written while the page is on its way.
      if (path.startsWith('/v1/sync/pull') && !isWritten) {
        isWritten = true
        const edit = write(entryId(1), { note: 'pump' }, { kind: 'edit' })
        await writeOperations(database, ANA, [edit], salt, NOW)
      }
      return server.fetcher(path, init)
    }

    await talk(database, { fetcher })

    expect(server.kept).toHaveLength(1)
    expect(await rowsOf(database, 1)).toEqual([null])
    expect(await waitingCount(database)).toBe(0)
  },
)

test('rows that fall out of the window are dropped by the phone itself, open ones never', async () => {
  const { database, server } = await phoneWith(
    row(entryId(1), 1, { status: 'approved' }),
    row(entryId(2), 2, { status: 'submitted' }),
  )
  server.page = { scopes: [scope(`w:${ANA}`, '2026-03-03T00:00:00Z', 1, '3ea4aaa4eb498f14')] }

  await talk(database, server, NOW + DAY)

  expect(await rowsOf(database, 1, 2)).toEqual([null, 2])
  expect(await fetchFact(database, EVENTS)).toEqual({})
})

test('where sums differ the feed is read anew, once a day, and what is unsent stays', async () => {
  const { database, server } = await phoneWith(row(entryId(1), 1), row(entryId(2), 2))
  await unsent(database, server, 30)
  server.page = { scopes: [scope(`w:${ANA}`, '2026-01-01T00:00:00Z', 1, '3ea4aaa4eb498f14')] }
  // The feed from the start has the second row only.
  const fetcher: KeptServer['fetcher'] = (path, init) => {
    const isFromStart = path.startsWith('/v1/sync/pull') && !path.includes('cursor')
    server.rows = isFromStart ? [row(entryId(2), 2)] : []
    return server.fetcher(path, init)
  }

  await talk(database, { fetcher }, NOW + DAY)
  await talk(database, { fetcher }, NOW + DAY + 1000)
  await talk(database, { fetcher }, NOW + DAY + 2000)

  expect(await rowsOf(database, 1, 2)).toEqual([null, 2])
  expect((await entryOf(database, entryId(30)))?.own).toHaveLength(1)
  expect(await fetchFact(database, EVENTS)).toMatchObject({ repair: { count: 1 } })
  const checks = pulls(server).filter((path) => path.includes('check=1'))
  expect(checks).toHaveLength(2)
})

test('a clock that was set back does not put the comparison off', async () => {
  const { database, server } = await phoneWith()

  await talk(database, server, NOW - 400 * DAY)

  expect(pulls(server).filter((path) => path.includes('check=1'))).toHaveLength(2)
})

test.each([
  [
    'an expired cursor',
    (server: KeptServer) => {
      server.refuse('/v1/sync/pull', 410, 'cursor_expired')
    },
  ],
  [
    'another history',
    (server: KeptServer) => {
      server.epoch = 'e2'
    },
  ],
])(
  'after %s rows that do not come again are dropped, unsent ones and the outbox stay',
  async (_why, change) => {
    const { database, server } = await phoneWith(
      row(entryId(1), 1),
      row(entryId(2), 2),
      row(entryId(3), 3),
    )
    change(server)
    server.rows = [row(entryId(2), 2)]
    let isWritten = false
    const fetcher: KeptServer['fetcher'] = async (path, init) => {
      if (path.startsWith('/v1/sync/pull') && !isWritten) {
        isWritten = true
        const edit = write(entryId(3), { note: 'pump' }, { kind: 'edit' })
        await writeOperations(database, ANA, [edit], salt, NOW)
        server.refuse('/v1/sync/push', 503, 'unavailable')
      }
      return server.fetcher(path, init)
    }

    await talk(database, { fetcher })

    expect(await rowsOf(database, 1, 2, 3)).toEqual([null, 2, 3])
    expect(await waitingCount(database)).toBe(1)
    expect((await fetchFact(database, FEED)).isPassComplete).toBe(true)
  },
)

test('a server that gives this version no rows any more still takes what it writes', async () => {
  const { database, server } = await phoneWith(row(entryId(1), 1))
  for (let at = 0; at < 2; at += 1) {
    server.refuse('/v1/sync/pull', 426, 'pull_upgrade_required')
    await noted(database, 1, 20 + at)
    expect(await talk(database, server)).toMatchObject({ result: 'update_required', failures: 0 })
  }

  expect(server.kept).toHaveLength(2)
  expect(await rowsOf(database, 1)).toEqual([1])
})
