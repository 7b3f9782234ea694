/** Where the requests about devices go, and what they say. */
import { expect, test } from 'vitest'
import { branch, listDevices, retire, teamSync } from '../../src/api/devices'
import { KeptServer } from '../support/kept_server'

const KEY = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }

test('each request has its place and its words', async () => {
  const server = new KeptServer()
  server.refuse('/v1/devices/branch', 403, 'not_your_device')
  const wish = {
    branch_of: 'a b',
    match_at: null,
    alg: 'ES256',
    public_key: KEY,
    proof: 'p',
  } as const

  await listDevices(server.fetcher)
  await retire(server.fetcher, 'a/b', 'lost')
  await teamSync(server.fetcher)
  const refused = await branch(server.fetcher, wish)

  expect(server.asked).toEqual([
    { path: '/v1/devices', body: null },
    { path: '/v1/devices/a%2Fb/retire', body: { reason: 'lost' } },
    { path: '/v1/team/sync', body: null },
    { path: '/v1/devices/branch', body: wish },
  ])
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'not_your_device' } })
})
