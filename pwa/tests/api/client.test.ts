/** Every way in which a request can go wrong is a value. */
import { expect, test } from 'vitest'
import { called, type Fetcher } from '../../src/api/client'
import { number, objectOf } from '../../src/core/shape'

const CALL = { method: 'GET', path: '/v1/x', answer: objectOf({ n: number }) } as const

function answering(body: string, init: ResponseInit = {}): Fetcher {
  return () => Promise.resolve(new Response(body, init))
}

test('an answer of the known form is its value; members that are new are left aside', async () => {
  expect(await called(answering('{"n":1,"new":true}'), CALL)).toEqual({ ok: true, value: { n: 1 } })
})

test.each([
  ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['an answer that broke off', answering('{"n":')],
] as const)('%s is unreachable', async (_name, fetcher) => {
  expect(await called(fetcher, CALL)).toEqual({ ok: false, refusal: { kind: 'unreachable' } })
})

test('an answer of another form is not understood', async () => {
  expect(await called(answering('{"n":"1"}'), CALL)).toEqual({
    ok: false,
    refusal: { kind: 'not_understood', path: '/v1/x' },
  })
})

test('a refusal keeps its code and its members', async () => {
  const problem = '{"code":"gap","need":39,"title":"x"}'
  const refused = await called(answering(problem, { status: 409 }), CALL)

  expect(refused).toMatchObject({
    ok: false,
    refusal: { kind: 'refused', status: 409, code: 'gap', problem: { need: 39 } },
  })
})

test.each([
  ['17', 17],
  ['x', null],
] as const)('Retry-After %s', async (header, seconds) => {
  const fetcher = answering('{}', { status: 429, headers: { 'retry-after': header } })

  expect(await called(fetcher, CALL)).toMatchObject({
    refusal: { status: 429, code: 'unknown', retryAfterSeconds: seconds },
  })
})

test('a page of a proxy in place of an answer is a refusal without a code', async () => {
  const fetcher = answering('<html>Login</html>', { status: 511 })

  expect(await called(fetcher, CALL)).toMatchObject({ refusal: { status: 511, code: 'unknown' } })
})

test('only this site is asked, and never through a redirect', async () => {
  const asked: RequestInit[] = []
  await called((_path, init) => {
    asked.push(init)
    return Promise.resolve(new Response('{"n":1}'))
  }, CALL)

  expect(asked[0]).toMatchObject({
    credentials: 'same-origin',
    redirect: 'error',
    cache: 'no-store',
  })
})
