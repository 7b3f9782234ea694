/** Exchanges with a server that is away, refuses, forgets, or loses its answers. */
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { entryOf } from '../../src/store/entries'
import { EVENTS, fetchFact } from '../../src/store/meta'
import { waitingCount } from '../../src/store/operations'
import { exchange } from '../../src/sync/exchange'
import { rescueFiles } from '../../src/sync/rescue'
import { fillUp } from '../support/full_phone'
import { KeptServer } from '../support/kept_server'
import { enrolledDatabase, entryId, noted, NOW, talk } from '../support/phones'
import { row } from '../support/screens'

test('everything written goes out once, in order, and is answered', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 250)

  const state = await talk(database, server)

  expect(state.result).toBe('ok')
  expect(server.kept.map(({ q }) => q)).toEqual(Array.from({ length: 250 }, (_, at) => at + 1))
  expect(server.pushes().map((batch) => batch.length)).toEqual([200, 51])
  expect(await waitingCount(database)).toBe(0)
})

test('without a network everything is kept and the phone says so', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 3)
  server.isAway = true

  const state = await talk(database, server)

  expect(state).toMatchObject({ result: 'unreachable', failures: 1 })
  expect(await waitingCount(database)).toBe(3)
})

test('when an answer was lost the server is asked again and nothing is doubled', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 3)
  server.losesAnswers = true
  await talk(database, server)
  await talk(database, server)
  server.losesAnswers = false

  const state = await talk(database, server)

  expect(state.result).toBe('ok')
  expect(server.kept).toHaveLength(3)
  expect(await waitingCount(database)).toBe(0)
})

test('a server that was set back gets again what it had answered', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 5)
  await talk(database, server)
  server.kept.length = 2

  await talk(database, server)

  expect(server.kept.map(({ q }) => q)).toEqual([1, 2, 3, 4, 5])
})

test('a body that is too large is halved until it fits', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 8)
  server.refuse('/v1/sync/push', 413, 'too_large', { limits: {} })
  server.refuse('/v1/sync/push', 413, 'too_large', { limits: {} })

  const state = await talk(database, server)

  expect(state.result).toBe('ok')
  expect(server.pushes().map((batch) => batch.length)).toEqual([8, 4, 2, 7])
})

test('a session that ended is renewed with the key, and the rest goes out', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 2)
  server.refuse('/v1/sync/push', 401, 'auth_expired')

  const state = await talk(database, server)

  expect(state.result).toBe('ok')
  expect(server.asked.map(({ path }) => path)).toContain('/v1/sessions')
  expect(server.kept).toHaveLength(2)
})

test('a refused signature: the phone keeps everything and asks for the office', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 2)
  server.refuse('/v1/sync/push', 401, 'bad_signature')

  const state = await talk(database, server)

  expect(state.result).toBe('needs_office')
  expect(await waitingCount(database)).toBe(2)
  const [file] = await rescueFiles(database)
  expect(file?.ops).toHaveLength(2)
  expect(file).toMatchObject({ daywork_rescue: 1, alg: 'ES256', actor: 'aaaaaaaaaa' })
})

test('what the server misses in front is sent first', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 3)
  await talk(database, server)
  await noted(database, 1, 3)
  server.refuse('/v1/sync/push', 409, 'gap', { need: 2 })

  const state = await talk(database, server)

  expect(state.result).toBe('ok')
  expect(server.pushes().map((batch) => batch.length)).toEqual([3, 2, 4])
  expect(await waitingCount(database)).toBe(0)
})

test('a busy server is asked again when it said', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 1)
  server.refusals.set('/v1/sync/push', [
    { status: 429, body: { code: 'rate_limited' }, headers: { 'retry-after': '17' } },
  ])

  expect(await talk(database, server)).toMatchObject({ result: 'busy', retryAfterSeconds: 17 })
})

test('two exchanges at once are one after the other: no operation goes out twice', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 10)

  await Promise.all([talk(database, server), talk(database, server), talk(database, server)])

  expect(server.pushes().flat()).toHaveLength(10)
})

test('what is written during an exchange goes out in the same one', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 1)
  let isLate = true
  const state = await exchange({
    database,
    now: () => NOW,
    fetcher: async (path, init) => {
      if (isLate && path.startsWith('/v1/sync/pull')) {
        isLate = false
        await noted(database, 1, 50)
      }
      return server.fetcher(path, init)
    },
  })

  expect(state.result).toBe('ok')
  expect(server.kept).toHaveLength(2)
})

test('whatever the network does, what was saved arrives once when it heals', async () => {
  const troubles = ['away', 'loses', 'busy', 'fine'] as const
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...troubles), fc.nat(3)), { maxLength: 8 }),
      async (steps) => {
        const [database, server] = [await enrolledDatabase(), new KeptServer()]
        let written = 0
        for (const [trouble, count] of steps) {
          await noted(database, count, written)
          written += count
          server.isAway = trouble === 'away'
          server.losesAnswers = trouble === 'loses'
          if (trouble === 'busy') server.refuse('/v1/sync/push', 503, 'unavailable')
          await talk(database, server)
        }
        server.isAway = server.losesAnswers = false
        server.refusals.clear()

        const state = await talk(database, server)

        expect(state.result).toBe('ok')
        expect(server.kept.map(({ q }) => q)).toEqual(
          Array.from({ length: written }, (_, at) => at + 1),
        )
        expect(await waitingCount(database)).toBe(0)
        for (let at = 0; at < written; at += 1) {
          expect((await entryOf(database, entryId(at)))?.own.length).toBeGreaterThan(0)
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('where somebody else is signed in on this phone, it signs in as its own person first', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 2)
  server.isOthersSession = true

  expect((await talk(database, server)).result).toBe('ok')

  expect(server.kept).toHaveLength(2)
  expect(server.asked.map(({ path }) => path).slice(0, 4)).toEqual([
    '/v1/sync/hello',
    '/v1/sessions/challenge',
    '/v1/sessions',
    '/v1/sync/hello',
  ])
})

test('a phone that is full sends all the same, and asks for the rows again later', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 2)
  server.rows = [row(entryId(50), 1)]
  fillUp((store, value) => store.name === 'entries' && JSON.stringify(value).includes(entryId(50)))

  expect(await talk(database, server)).toMatchObject({ result: 'failed', detail: 'storage_full' })
  expect(server.kept).toHaveLength(2)
  vi.restoreAllMocks()

  expect((await talk(database, server)).result).toBe('ok')
  expect(await entryOf(database, entryId(50))).not.toBe(null)
})

const MINUTE = 60_000

test('what waits for more than two of the longest intervals is stalled, and counted once', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await noted(database, 1)
  const states: boolean[] = []
  for (const minutes of [0, 5, 10, 11, 20]) {
    server.refuse('/v1/sync/push', 500, 'internal')
    states.push((await talk(database, server, NOW + minutes * MINUTE)).isStalled)
  }

  expect(states).toEqual([false, false, false, true, true])
  expect(await fetchFact(database, EVENTS)).toMatchObject({ stall: { count: 1 } })
  expect((await talk(database, server, NOW + 21 * MINUTE)).isStalled).toBe(false)
})

test('a phone without a network, or with nothing to send, is not stalled', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  server.isAway = true
  await talk(database, server)
  expect((await talk(database, server, NOW + 30 * MINUTE)).isStalled).toBe(false)
  await noted(database, 1)
  vi.stubGlobal('navigator', { locks: navigator.locks, onLine: false })
  await talk(database, server)

  expect((await talk(database, server, NOW + 30 * MINUTE)).isStalled).toBe(false)
  vi.unstubAllGlobals()
})
