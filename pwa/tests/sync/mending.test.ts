/** Copies of a phone, refused operations and servers from the past: nothing is lost, nothing doubled. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anchorOf } from '../../src/core/hash_chain'
import type { PhoneDatabase } from '../../src/store/database'
import { chainHead, deviceOf } from '../../src/store/device'
import { entryOf, writeOperations } from '../../src/store/entries'
import { BRANCHING, EVENTS, fetchFact, FORMER_ACTORS } from '../../src/store/meta'
import { askingOperations, operationsFrom, waitingCount } from '../../src/store/operations'
import { KeptServer } from '../support/kept_server'
import {
  ACTOR,
  ANA,
  cloned,
  enrolledDatabase,
  entryId,
  noted,
  NOW,
  salt,
  talk,
  time,
  write,
} from '../support/phones'
import { row } from '../support/screens'

const sorted = (...ids: readonly (readonly string[])[]): readonly string[] => ids.flat().sort()

async function actorOf(database: PhoneDatabase): Promise<string | undefined> {
  return (await deviceOf(database))?.actor
}

/** Return a phone whose history the server has, and a copy of it. */
async function pair(shared: number) {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  const ids = await noted(database, shared)
  await talk(database, server)
  return { database, copy: await cloned(database), server, ids }
}

test('the copy that comes second goes on under a fresh name, and nothing is lost or doubled', async () => {
  const { database, copy, server, ids } = await pair(3)
  const first = await noted(database, 2, 10)
  const second = await noted(copy, 3, 20)
  await talk(database, server)

  expect(await talk(copy, server)).toMatchObject({ result: 'ok' })

  expect(server.counted()).toEqual(sorted(ids, first, second))
  expect(server.kept.map(({ id }) => id)).toEqual([...ids, ...first])
  const fresh = await actorOf(copy)
  expect(fresh).not.toBe(ACTOR)
  expect(server.chainOf(fresh ?? '').map(({ id }) => id)).toEqual(second)
  expect(server.branches).toMatchObject([{ branch_of: ACTOR, match_at: 3 }])
  expect(await waitingCount(copy)).toBe(0)
  const [former] = await fetchFact(copy, FORMER_ACTORS)
  expect(former?.head).toMatchObject({ actor: ACTOR, sequenceNumber: 3 })
  expect(await fetchFact(copy, EVENTS)).toMatchObject({ fork: { count: 1 } })
})

test('a server set back while a push is on its way, and written on by a copy, loses nothing', async () => {
  const { database, copy, server, ids } = await pair(1)
  const first = await noted(database, 1, 10)
  await talk(database, server)
  const second = await noted(database, 2, 20)
  const others = await noted(copy, 1, 30)
  let isSetBack = false
  const inFlight = {
    fetcher: async (...asked: Parameters<typeof server.fetcher>) => {
      if (asked[0] === '/v1/sync/push' && !isSetBack) {
        isSetBack = true
        server.kept.length = 1
        await talk(copy, server)
      }
      return server.fetcher(...asked)
    },
  }

  await talk(database, inFlight)
  expect((await talk(database, server)).result).toBe('ok')

  // The number fits behind what the copy wrote: only the operation in front tells that it is another.
  expect(server.kept.map(({ id }) => id)).toEqual([...ids, ...others])
  expect(server.counted()).toEqual(sorted(ids, first, second, others))
  expect(await waitingCount(database)).toBe(0)
})

test('both copies go on afterwards, each under its name', async () => {
  const { database, copy, server, ids } = await pair(1)
  const first = await noted(database, 1, 10)
  const second = await noted(copy, 1, 20)
  for (const phone of [database, copy]) await talk(phone, server)
  const later = [await noted(database, 2, 30), await noted(copy, 2, 40)]

  for (const phone of [database, copy]) expect((await talk(phone, server)).result).toBe('ok')

  expect(server.counted()).toEqual(sorted(ids, first, second, ...later))
  expect(server.branches).toHaveLength(1)
})

test('a phone that finds the server ahead of it writes on under a fresh name', async () => {
  const { database, copy, server } = await pair(2)
  await noted(database, 2, 10)
  await talk(database, server)

  expect(await talk(copy, server)).toMatchObject({ result: 'ok' })

  expect(await actorOf(copy)).not.toBe(ACTOR)
  expect((await chainHead(copy))?.sequenceNumber).toBe(0)
  const ids = await noted(copy, 1, 20)
  await talk(copy, server)
  expect(server.counted()).toEqual(expect.arrayContaining([...ids]))
})

test('a copy that wrote less than the other is told by hello, and finds where they part', async () => {
  const { database, copy, server } = await pair(2)
  await noted(database, 5, 10)
  await talk(database, server)
  const second = await noted(copy, 1, 20)

  expect(await talk(copy, server)).toMatchObject({ result: 'ok' })

  expect(server.branches).toMatchObject([{ match_at: 2 }])
  expect(server.chainOf((await actorOf(copy)) ?? '').map(({ id }) => id)).toEqual(second)
})

test('a row with operations under this phone\u2019s name that it did not write shows the fork', async () => {
  const { database, copy, server } = await pair(1)
  const first = await noted(database, 1, 10)
  let isPulling = false
  // The other copy pushes between this one's hello and its pull.
  const fetcher: KeptServer['fetcher'] = async (path, init) => {
    if (path.startsWith('/v1/sync/pull') && !isPulling) {
      isPulling = true
      await talk(database, server)
      server.rows = [
        row(entryId(10), 1, { vv: { [ACTOR]: [2, anchorOf(server.kept[1]?.h ?? '')] } }),
      ]
    }
    return server.fetcher(path, init)
  }

  expect(await talk(copy, { fetcher })).toMatchObject({ result: 'ok' })

  expect(await actorOf(copy)).not.toBe(ACTOR)
  expect(server.counted()).toEqual(expect.arrayContaining([...first]))
})

test('what the branch had seen of itself is seen under the new name, also by what a form shows', async () => {
  const { database, copy, server } = await pair(1)
  await noted(database, 1, 10)
  await talk(database, server)
  const entry = entryId(20)
  await writeOperations(copy, ANA, [write(entry, { time: time('15:00') })], salt, NOW)
  const head = await chainHead(copy)
  const shown = { [ACTOR]: [2, anchorOf(head?.hash ?? '')] } as const
  await talk(copy, server)
  const edit = write(entry, { time: time('16:00') }, { kind: 'edit', context: shown })

  const [written] = await writeOperations(copy, ANA, [edit], salt, NOW)

  const fresh = (await actorOf(copy)) ?? ''
  const [moved] = server.chainOf(fresh)
  expect(written?.operation.c).toEqual({
    [ACTOR]: [1, anchorOf(server.kept[0]?.h ?? '')],
    [fresh]: [1, anchorOf(moved?.h ?? '')],
  })
  expect((await entryOf(copy, entry))?.own.map(({ actor }) => actor)).toEqual([fresh, fresh])
})

test('an operation that is refused for good stays and asks; the rest goes out under a fresh name', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  const ids = await noted(database, 4)
  // The batches 4, 2, 1 and, for the second operation, 3, 2, 1.
  const refusals = [true, true, false, true, true, true]
  const fetcher: KeptServer['fetcher'] = async (path, init) => {
    if (path === '/v1/sync/push' && refusals.shift() === true) {
      server.refuse(path, 400, 'malformed_body')
    }
    return server.fetcher(path, init)
  }

  expect(await talk(database, { fetcher })).toMatchObject({ result: 'ok' })

  expect(server.counted()).toEqual(sorted(ids.filter((_, at) => at !== 1)))
  const [asking] = await askingOperations(database)
  expect(asking?.operation.id).toBe(ids[1])
  expect(asking?.answer).toEqual({ st: 'held', code: 'malformed', field: null, note: 'not_sent' })
  expect(await waitingCount(database)).toBe(0)
  expect((await talk(database, server)).result).toBe('ok')
  expect(server.branches).toHaveLength(1)
})

test.each([
  ['before the branch', ['/v1/devices/branch'], 1],
  ['after the server made it', ['answer'], 2],
] as const)(
  'a phone that stops %s takes the road again with the same key',
  async (_step, away, made) => {
    const { database, copy, server, ids } = await pair(1)
    const first = await noted(database, 1, 10)
    const second = await noted(copy, 2, 20)
    await talk(database, server)
    let isBroken = true
    const fetcher: KeptServer['fetcher'] = async (path, init) => {
      const isBranch = path === '/v1/devices/branch'
      if (isBranch && isBroken && away[0] === path) throw new TypeError('Failed to fetch')
      const answer = await server.fetcher(path, init)
      if (isBranch && isBroken) throw new TypeError('Failed to fetch')
      return answer
    }

    expect(await talk(copy, { fetcher })).toMatchObject({ result: 'unreachable' })
    expect(await waitingCount(copy)).toBe(2)
    const begun = await fetchFact(copy, BRANCHING)
    isBroken = false

    expect(await talk(copy, { fetcher })).toMatchObject({ result: 'ok' })
    expect(server.counted()).toEqual(sorted(ids, first, second))
    expect(new Set(server.branches.map((asked) => JSON.stringify(asked['public_key']))).size).toBe(
      1,
    )
    expect(server.branches).toHaveLength(made)
    expect(begun?.of).toBe(ACTOR)
    expect(await fetchFact(copy, BRANCHING)).toBe(null)
  },
)

test('a server from a backup gets everything again, of former names too, with their own keys', async () => {
  const { database, copy, server, ids } = await pair(2)
  const first = await noted(database, 1, 10)
  const second = await noted(copy, 2, 20)
  for (const phone of [database, copy]) await talk(phone, server)
  server.kept.length = 1
  server.chainOf((await actorOf(copy)) ?? '').length = 0

  expect((await talk(copy, server)).result).toBe('ok')
  expect(server.counted()).toEqual(sorted(ids, second))
  expect((await talk(database, server)).result).toBe('ok')
  expect(server.counted()).toEqual(sorted(ids, first, second))
  expect(await fetchFact(copy, EVENTS)).toMatchObject({ rollback: { count: 2 } })
})

test('a former name that forks does not touch the one in use', async () => {
  const { database, copy, server, ids } = await pair(3)
  await noted(database, 1, 10)
  const second = await noted(copy, 1, 20)
  for (const phone of [database, copy]) await talk(phone, server)
  const current = await actorOf(copy)
  // From the backup on, the other copy writes other things under the shared name.
  const other = await cloned(await enrolledDatabase())
  const fork = await noted(other, 2, 50)
  server.kept.length = 0
  server.kept.push(...(await operationsFrom(other, ACTOR, 1, 10)).map(({ operation }) => operation))

  expect((await talk(copy, server)).result).toBe('ok')

  expect(await actorOf(copy)).toBe(current)
  expect(server.counted()).toEqual(sorted(ids, second, fork))
})

test('a name that the server no longer knows goes on as a branch of the one in use', async () => {
  const { database, copy, server, ids } = await pair(2)
  await noted(database, 1, 10)
  const second = await noted(copy, 1, 20)
  for (const phone of [database, copy]) await talk(phone, server)
  server.chains.delete(ACTOR)

  expect((await talk(copy, server)).result).toBe('ok')

  expect(server.counted()).toEqual(sorted(ids, second))
})

test('a server from before what is still kept gets the kept rest under a fresh name', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 5)
  await talk(database, server)
  // Of what is older than 45 days, the end of the chain is kept.
  const late = NOW + 50 * 86_400_000
  await talk(database, server, late)
  const [last] = await operationsFrom(database, ACTOR, 1, 10)
  const later = await noted(database, 1, 10)
  server.kept.length = 2

  expect((await talk(database, server, late)).result).toBe('ok')

  expect(last?.operation.q).toBe(5)
  expect(server.counted()).toEqual(expect.arrayContaining([last?.operation.id, ...later]))
  expect(await waitingCount(database)).toBe(0)
})

test('a chain that is damaged on the phone is linked anew from the damage on', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  const ids = await noted(database, 3)
  await database.write(['operations'], async (transaction) => {
    const store = transaction.objectStore('operations')
    const stored = await store.get([ACTOR, 2])
    if (stored === undefined) throw new Error('it was written')
    await store.put({ ...stored, operation: { ...stored.operation, h: 'A'.repeat(43) } })
  })
  server.refuse('/v1/sync/push', 401, 'bad_signature')

  expect((await talk(database, server)).result).toBe('ok')

  expect(server.counted()).toEqual(sorted(ids))
  expect(server.branches).toMatchObject([{ match_at: 1 }])
})

test('a signature that the server refuses though all fits is for the office', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 2)
  server.refuse('/v1/sync/push', 401, 'bad_signature')

  expect(await talk(database, server)).toMatchObject({
    result: 'needs_office',
    detail: 'bad_signature',
  })
  expect(await waitingCount(database)).toBe(2)
})

test('whatever copies, backups and networks do, every operation counts once in the end', async () => {
  const step = fc.oneof(
    fc.record({
      does: fc.constant('write' as const),
      phone: fc.nat(3),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ does: fc.constant('talk' as const), phone: fc.nat(3), loses: fc.boolean() }),
    fc.record({ does: fc.constant('clone' as const), phone: fc.nat(3) }),
    fc.record({ does: fc.constant('roll_back' as const), by: fc.integer({ min: 1, max: 4 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const server = new KeptServer()
      const phones = [await enrolledDatabase()]
      const written: string[] = []
      const phoneAt = (at: number): PhoneDatabase | undefined => phones[at % phones.length]
      for (const one of steps) {
        const phone = 'phone' in one ? phoneAt(one.phone) : undefined
        if (one.does === 'roll_back') {
          for (const chain of server.chains.values())
            chain.splice(Math.max(0, chain.length - one.by))
        } else if (phone === undefined) continue
        else if (one.does === 'write') {
          written.push(...(await noted(phone, one.count, written.length)))
        } else if (one.does === 'clone' && phones.length < 3) phones.push(await cloned(phone))
        else if (one.does === 'talk') {
          server.losesAnswers = one.loses
          await talk(phone, server)
          server.losesAnswers = false
        }
      }

      for (const phone of [...phones, ...phones])
        expect((await talk(phone, server)).result).toBe('ok')

      expect(server.counted()).toEqual([...written].sort())
      for (const phone of phones) expect(await waitingCount(phone)).toBe(0)
    }),
    { numRuns: 60 },
  )
})
