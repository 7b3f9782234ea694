/** A retired phone hands in what it had still to send, and keeps nothing that it had read. */
import { expect, test } from 'vitest'
import { deviceOf, newKeyPair, saveDevice } from '../../src/store/device'
import { entryOf } from '../../src/store/entries'
import { operationsFrom, waitingCount } from '../../src/store/operations'
import { currentDatabase, setCurrentDatabase } from '../../src/store/registry'
import type { PhoneDatabase } from '../../src/store/database'
import { KeptServer } from '../support/kept_server'
import { ACTOR, enrolledDatabase, entryId, noted, NOW, talk } from '../support/phones'
import { row } from '../support/screens'

const NEW = 'nnnnnnnnnn'
const RETIRED = { result: 'needs_office', detail: 'device_retired' }

/** Return a phone with one operation sent and two to send, retired by its office. */
async function retiredPhone() {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  server.rows = [row(entryId(50), 1)]
  const sent = await noted(database, 1)
  await talk(database, server)
  const unsent = await noted(database, 2, 10)
  server.retire(ACTOR)
  return { database, server, sent, unsent }
}

/** Enrol the phone anew, as an invite of the same person does. */
async function joinedAgain(database: PhoneDatabase, server: KeptServer): Promise<void> {
  const device = await deviceOf(database)
  if (device === null) throw new Error('the outbox is kept')
  await saveDevice(database, { ...device, actor: NEW, keys: await newKeyPair() })
  server.chainOf(NEW)
  server.hasSession = true
}

function deposits(server: KeptServer): number {
  return server.asked.filter(({ path }) => path === '/v1/sync/deposit').length
}

test('what it had read is erased, what it had to send is deposited and kept', async () => {
  const { database, server, unsent } = await retiredPhone()

  expect(await talk(database, server)).toMatchObject(RETIRED)

  expect(await entryOf(database, entryId(50))).toBe(null)
  expect(server.quarantine.map(({ id }) => id)).toEqual(unsent)
  expect(await waitingCount(database)).toBe(2)
  expect(await operationsFrom(database, ACTOR, 1, 10)).toHaveLength(2)
})

test('without a network it is erased all the same, and deposited later, once', async () => {
  const { database, server, unsent } = await retiredPhone()
  server.refuse('/v1/sync/deposit', 503, 'unavailable')

  expect(await talk(database, server)).toMatchObject({ result: 'busy' })
  expect(await entryOf(database, entryId(50))).toBe(null)
  expect(await talk(database, server)).toMatchObject(RETIRED)
  await talk(database, server)

  expect(server.quarantine.map(({ id }) => id)).toEqual(unsent)
  expect(deposits(server)).toBe(2)
})

test('a deposit that is refused stays for the rescue', async () => {
  const { database, server } = await retiredPhone()
  server.refuse('/v1/sync/deposit', 401, 'bad_signature')

  expect(await talk(database, server)).toMatchObject(RETIRED)
  expect(await waitingCount(database)).toBe(2)
})

test('when the person joins again it counts as theirs, under the old name, once', async () => {
  const { database, server, sent, unsent } = await retiredPhone()
  await talk(database, server)
  expect(server.counted()).toEqual(sent)
  await joinedAgain(database, server)
  const later = await noted(database, 1, 20)

  expect(await talk(database, server)).toMatchObject({ result: 'ok' })
  await talk(database, server)

  expect(server.counted()).toEqual([...sent, ...unsent, ...later].sort())
  expect(server.chainOf(NEW).map(({ id }) => id)).toEqual(later)
  expect(server.asked.filter(({ path }) => path === '/v1/sync/rescue')).toHaveLength(1)
  expect(await waitingCount(database)).toBe(0)
})

test('a retired former name that cannot be rescued stops nobody else', async () => {
  const { database, server } = await retiredPhone()
  await joinedAgain(database, server)
  const later = await noted(database, 1, 20)
  server.refuse('/v1/sync/rescue', 403, 'not_authorised')

  expect((await talk(database, server)).result).toBe('failed')

  expect(server.chainOf(NEW).map(({ id }) => id)).toEqual(later)
  expect(await waitingCount(database)).toBe(2)
  expect((await talk(database, server)).result).toBe('ok')
})

test('a phone with nothing to send forgets its person', async () => {
  const [database, server] = [await enrolledDatabase(), new KeptServer()]
  await setCurrentDatabase(database.name)
  server.retire(ACTOR)

  expect(await talk(database, server)).toMatchObject(RETIRED)

  expect(await deviceOf(database)).toBe(null)
  expect(await currentDatabase()).toBe(null)
})

test('after 45 days what was deposited is forgotten too', async () => {
  const { database, server } = await retiredPhone()
  await talk(database, server)

  await talk(database, server, NOW + 45 * 86_400_000)

  expect(await deviceOf(database)).toBe(null)
})

test('a large outbox is deposited in pieces', async () => {
  const { database, server } = await retiredPhone()
  await noted(database, 300, 100)
  server.refuse('/v1/sync/deposit', 413, 'too_large')

  await talk(database, server)

  expect(server.quarantine).toHaveLength(302)
  expect(new Set(server.quarantine.map(({ id }) => id)).size).toBe(302)
})
