/** Who uses this phone: joining, leaving, and what one is told when the phone was taken out of use. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deviceOf } from '../../src/store/device'
import { waitingCount } from '../../src/store/operations'
import { currentDatabase, setCurrentDatabase } from '../../src/store/registry'
import { KeptServer } from '../support/kept_server'
import { ACTOR, enrolledDatabase, entryId, noted, talk } from '../support/phones'

let server: KeptServer

beforeEach(async () => {
  vi.resetModules()
  server = new KeptServer()
  const window = { setTimeout: () => 0 }
  const document = { addEventListener: () => undefined, visibilityState: 'hidden' }
  const location = { pathname: '/', hash: '' }
  vi.stubGlobal('fetch', server.fetcher)
  for (const [name, value] of Object.entries({ window, document, location })) {
    vi.stubGlobal(name, value)
  }
  vi.stubGlobal('addEventListener', () => undefined)
  // Nothing talks to the server here by itself.
  vi.stubGlobal('setTimeout', () => 0)
  await setCurrentDatabase(null)
})

afterEach(() => {
  vi.unstubAllGlobals()
})

async function started() {
  const state = await import('../../src/state/session.svelte')
  await state.startSession()
  return state
}

async function usedBy(database: { readonly name: string }): Promise<void> {
  await setCurrentDatabase(database.name)
}

test('a phone that somebody uses is ready with their name', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)

  const { session } = await started()

  expect(session.phase).toBe('ready')
  expect([session.person?.name, session.actor, session.left]).toEqual(['Ana', ACTOR, null])
})

test('a retired phone asks to join again and says what it still holds', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  await noted(database, 2)
  server.retire(ACTOR)
  server.refuse('/v1/sync/deposit', 503, 'unavailable')
  await talk(database, server)

  const { session } = await started()

  expect(session.phase).toBe('join')
  expect(session.left).toEqual({ kind: 'retired', name: 'Ana', unsent: 2, deposited: 0 })
})

test('a phone that is retired while it is open shows nothing of its person any more', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  await noted(database, 1)
  const { session } = await started()
  const { refreshAll } = await import('../../src/state/local.svelte')
  server.retire(ACTOR)

  await talk(database, server)
  await refreshAll()

  expect(session.left).toEqual({ kind: 'retired', name: 'Ana', unsent: 0, deposited: 1 })
  expect([session.phase, session.person]).toEqual(['join', null])
})

test('a phone that is retired with nothing to send is everybody’s', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  const { session } = await started()
  const { localOrNull, refreshAll } = await import('../../src/state/local.svelte')
  server.retire(ACTOR)

  await talk(database, server)
  await refreshAll()

  expect([session.phase, session.person, localOrNull()]).toEqual(['join', null, null])
})

test('storage that is erased under an open form: the form stays, nothing claims to be saved', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  const { session } = await started()
  const { save } = await import('../../src/state/local.svelte')
  const { StorageFailed } = await import('../../src/store/database')
  const { added } = await import('../../src/core/capture')
  const { eraseAll } = await import('../../src/store/retirement')
  await eraseAll(database)
  const stamp = { now: 1_772_452_800, newId: () => entryId(1).slice(3) }
  const draft = {
    form: 'length' as const,
    start: null,
    end: null,
    breaks: [],
    date: '2026-03-02',
    seconds: 3600,
    project: null,
    task: null,
    note: '',
    zone: 'UTC',
    isRunning: false,
  }

  await expect(save([added(stamp, 'ana', draft, true)])).rejects.toBeInstanceOf(StorageFailed)

  expect(session.phase).toBe('ready')
  expect(session.left).toMatchObject({ kind: 'storage_lost', name: 'Ana' })
})

test('where only the cookie is left, the phone says that its storage was erased', async () => {
  const untouched = await import('../../src/store/registry')
  vi.spyOn(untouched, 'isUntouched').mockResolvedValue(true)
  const { session } = await started()

  await vi.waitFor(() => {
    expect(session.left).toMatchObject({ kind: 'storage_lost', name: 'Ana' })
  })
  expect(session.phase).toBe('join')
})

test('who signs out with everything sent leaves nothing on the phone', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  server.devices = [{ actor: ACTOR, label: 'Pixel', retired: null }]
  const { session, signOut } = await started()

  expect(await signOut()).toBe(0)

  expect(session.phase).toBe('join')
  expect(server.devices).toMatchObject([{ reason: 'signed_out' }])
  expect(await deviceOf(database)).toBe(null)
  expect(await currentDatabase()).toBe(null)
})

test('who signs out with something unsent is asked first, and it stays', async () => {
  const database = await enrolledDatabase()
  await usedBy(database)
  await noted(database, 2)
  const { session, signOut } = await started()

  expect(await signOut()).toBe(2)
  expect(session.phase).toBe('ready')
  expect(await signOut(true)).toBe(0)

  expect(session.phase).toBe('join')
  expect(await waitingCount(database)).toBe(2)
})

test('what one person wrote never goes out under another’s name', async () => {
  const ana = await enrolledDatabase()
  await noted(ana, 2)
  await usedBy(ana)
  const { join, session, signOut } = await started()
  await signOut(true)
  server.enrolment = {
    actor: 'bbbbbbbbbb',
    person: { id: 'ben', name: 'Ben', roles: ['worker'] },
    organisation: { id: 'o', name: 'Fennick', time_zone: 'UTC' },
  }

  expect(await join('invite', 'Phone')).toBe('joined')

  const { openedLocal } = await import('../../src/state/local.svelte')
  const { database } = openedLocal()
  expect(session.person?.name).toBe('Ben')
  expect(database.name).not.toBe(ana.name)
  expect(await waitingCount(database)).toBe(0)
  await talk(database, server)
  expect(server.counted()).toEqual([])
  expect(await waitingCount(ana)).toBe(2)
})
