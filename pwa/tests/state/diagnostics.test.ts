/** What one reads out over the phone is what the phone knows. */
import { expect, test } from 'vitest'
import { diagnostics, showDiagnostics } from '../../src/state/diagnostics.svelte'
import { writeOperations } from '../../src/store/entries'
import { noteEvent } from '../../src/store/meta'
import { exchange } from '../../src/sync/exchange'
import { KeptServer } from '../support/kept_server'
import { ACTOR, ANA, entryId, NOW, salt, write } from '../support/phones'
import { openedPhone } from '../support/screens'

test('what waits, since when, why, and how often something rare happened', async () => {
  const { database } = await openedPhone()
  const server = new KeptServer()
  await writeOperations(database, ANA, [write(entryId(1), { note: 'pump' })], salt, NOW)
  server.refuse('/v1/sync/push', 503, 'unavailable')
  await exchange({ database, fetcher: server.fetcher, now: () => NOW })
  await noteEvent(database, 'repair', NOW)
  await noteEvent(database, 'repair', NOW + 5000)

  await showDiagnostics()

  expect(diagnostics.current).toMatchObject({
    actor: ACTOR,
    formerActors: [],
    pending: 1,
    oldestAt: Date.parse('2026-03-02T15:31:08Z') / 1000,
    lastError: 'unavailable',
    isStalled: false,
    repairs: { count: 2, lastAt: NOW / 1000 + 5 },
    forks: { count: 0, lastAt: null },
    protocol: 1,
    schema: 1,
  })
})
