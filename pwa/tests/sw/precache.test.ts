/** A version of the app is whole or it is not there; the server's answers are never kept. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  answer,
  cacheName,
  dropOthers,
  fill,
  isForApp,
  type PrecachedFile,
} from '../../src/sw/precache'

const ORIGIN = 'https://daywork.test'
const FILES: readonly PrecachedFile[] = [
  { url: '/index.html', revision: 'r1' },
  { url: '/assets/app-1a2b.js', revision: null },
]

/** The browser's store of answers, as far as the app uses it. */
class KeptCaches {
  readonly stores = new Map<string, Map<string, Response>>()

  async open(name: string) {
    const store = this.stores.get(name) ?? new Map<string, Response>()
    this.stores.set(name, store)
    return Promise.resolve({
      match: async (key: string) => Promise.resolve(store.get(key)?.clone()),
      put: async (key: string, kept: Response) => {
        store.set(key, kept)
        return Promise.resolve()
      },
    })
  }

  async match(key: string): Promise<Response | undefined> {
    const found = [...this.stores.values()].find((store) => store.has(key))
    return Promise.resolve(found?.get(key)?.clone())
  }

  async keys(): Promise<string[]> {
    return Promise.resolve([...this.stores.keys()])
  }

  async delete(name: string): Promise<boolean> {
    return Promise.resolve(this.stores.delete(name))
  }
}

let kept = new KeptCaches()
let fetched: string[] = []
let missing: string | null = null

beforeEach(() => {
  kept = new KeptCaches()
  fetched = []
  missing = null
  vi.stubGlobal('caches', kept)
  vi.stubGlobal(
    'Request',
    class extends Request {
      constructor(input: string, init?: RequestInit) {
        super(new URL(input, ORIGIN), init)
      }
    },
  )
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    fetched.push(pathname)
    const status = pathname === missing ? 404 : 200
    return Promise.resolve(new Response(`content of ${pathname}`, { status }))
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

function request(path: string, mode: string, method = 'GET'): Request {
  const made = new Request(path, { method })
  Object.defineProperty(made, 'mode', { value: mode })
  return made
}

test('every screen starts from the phone, without a network', async () => {
  await fill(FILES)
  fetched = []

  for (const path of ['/', '/week', '/entry/te:1', '/index.html']) {
    const page = await answer(FILES, request(path, 'navigate'))
    expect(await page.text()).toBe('content of /index.html')
  }
  expect(fetched).toEqual([])
})

test('a file with its hash in the name is taken from an older version, a page is not', async () => {
  await fill(FILES)
  fetched = []

  await fill([{ url: '/index.html', revision: 'r2' }, ...FILES.slice(1)])

  expect(fetched).toEqual(['/index.html'])
})

test('a version of which a file is missing is not installed', async () => {
  missing = '/assets/app-1a2b.js'

  await expect(fill(FILES)).rejects.toThrow('/assets/app-1a2b.js: 404')
})

test('other versions go, caches of others stay', async () => {
  await kept.open('shell-old')
  await kept.open('pictures')
  await fill(FILES)

  await dropOthers(FILES)

  expect([...kept.stores.keys()].sort()).toEqual(['pictures', cacheName(FILES)].sort())
})

test('another list of files is another cache', () => {
  expect(cacheName(FILES)).not.toBe(cacheName([{ url: '/index.html', revision: 'r2' }]))
})

test.each([
  ['/week', 'GET', true],
  ['/assets/app-1a2b.js', 'GET', true],
  ['/v1/sync/pull', 'GET', false],
  ['/health/ready', 'GET', false],
  ['/week', 'POST', false],
])('%s by %s is for the app: %s', (path, method, expected) => {
  expect(isForApp(request(path, 'cors', method), ORIGIN)).toBe(expected)
})

test('what another site asks for is left alone', () => {
  const elsewhere = new Request('https://elsewhere.test/week')

  expect(isForApp(elsewhere, ORIGIN)).toBe(false)
})
