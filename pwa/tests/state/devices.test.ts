/** One's own devices, read online. */
import { afterEach, expect, test, vi } from 'vitest'
import { devices, readDevices, retireDevice } from '../../src/state/devices.svelte'
import { KeptServer } from '../support/kept_server'
import { ACTOR } from '../support/phones'

const OLD = 'cccccccccc'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('this phone comes first, a retired one last, and one that is retired changes its place', async () => {
  const server = new KeptServer()
  server.devices = [
    { actor: OLD, label: 'Old', retired: null },
    { actor: ACTOR, label: 'Pixel', pending: 2, last_contact: '2026-03-02T12:00:00Z', this: true },
  ]
  vi.stubGlobal('fetch', server.fetcher)

  expect(await readDevices()).toBe(true)
  expect(devices.list.map(({ actor, isThis }) => [actor, isThis])).toEqual([
    [ACTOR, true],
    [OLD, false],
  ])
  expect(devices.list[0]).toMatchObject({ pending: 2, lastContactAt: 1_772_452_800 })
  expect(await retireDevice(OLD, 'lost')).toBe('retired')
  expect(devices.list[1]).toMatchObject({ actor: OLD, reason: 'lost', retiredAt: 1_772_452_800 })
})

test('without a connection the list read last stays', async () => {
  const server = new KeptServer()
  server.isAway = true
  vi.stubGlobal('fetch', server.fetcher)

  expect(await readDevices()).toBe(false)
  expect(await retireDevice(OLD, 'lost')).toBe('offline')
  expect(devices.list).toHaveLength(2)
})
