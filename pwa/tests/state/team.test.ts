/** Whose phones have not told everything yet. */
import { afterEach, expect, test, vi } from 'vitest'
import { readTeamSync, team } from '../../src/state/team.svelte'
import { KeptServer } from '../support/kept_server'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('a phone is behind when it said so or was silent for a day', async () => {
  const server = new KeptServer()
  const heard = (last_contact: string | null, pending: number | null) => ({
    label: 'phone',
    platform: 'android',
    last_contact,
    pending,
    oldest: null,
    skew_seconds: null,
  })
  server.team = [
    { id: 'p1', name: 'Ben', devices: [heard('2026-03-02T11:00:00Z', 0)] },
    { id: 'p2', name: 'Cid', devices: [heard('2026-03-02T11:00:00Z', 4)] },
    { id: 'p3', name: 'Dee', devices: [heard('2026-02-27T16:00:00Z', 0), heard(null, null)] },
  ]
  vi.stubGlobal('fetch', server.fetcher)

  expect(await readTeamSync()).toBe(true)
  expect(team.people.map(({ name, isBehind }) => [name, isBehind])).toEqual([
    ['Cid', true],
    ['Dee', true],
    ['Ben', false],
  ])
  expect([team.behindCount, team.phoneCount]).toEqual([3, 4])
  expect(team.behindSince).toBe(Date.parse('2026-02-27T16:00:00Z') / 1000)
})

test('without a connection the list read last stays', async () => {
  const server = new KeptServer()
  server.isAway = true
  vi.stubGlobal('fetch', server.fetcher)

  expect(await readTeamSync()).toBe(false)
  expect(team.people).toHaveLength(3)
})
