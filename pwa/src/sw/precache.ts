/**
 * The files that the app is made of, kept whole: a version is used only when all of it is there.
 */

export interface PrecachedFile {
  readonly url: string
  /** Null when the name carries the hash already. */
  readonly revision: string | null
}

const PREFIX = 'shell-'
const PAGE = '/index.html'

/** Return the cache's name, which follows from the list: another list is another cache. */
export function cacheName(files: readonly PrecachedFile[]): string {
  let hash = 7
  for (const character of JSON.stringify(files)) {
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0
  }
  return `${PREFIX}${(hash >>> 0).toString(36)}`
}

/** Fill the cache; files with an unchanged hash come from an older one, to spare the phone's data. */
export async function fill(files: readonly PrecachedFile[]): Promise<void> {
  const cache = await caches.open(cacheName(files))
  await Promise.all(
    files.map(async ({ url, revision }) => {
      const kept = revision === null ? await caches.match(url) : undefined
      if (kept !== undefined) return cache.put(url, kept)
      const answer = await fetch(
        new Request(url, { cache: revision === null ? 'default' : 'reload' }),
      )
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
      return cache.put(url, answer)
    }),
  )
}

/** Remove the caches of other versions. */
export async function dropOthers(files: readonly PrecachedFile[]): Promise<void> {
  const current = cacheName(files)
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== current)
  await Promise.all(old.map((name) => caches.delete(name)))
}

/** Return whether a request is for the app itself; everything else goes to the network untouched. */
export function isForApp(request: Request, origin: string): boolean {
  const { origin: requested, pathname } = new URL(request.url)
  const isServer = pathname.startsWith('/v1/') || pathname.startsWith('/health/')
  return requested === origin && request.method === 'GET' && !isServer
}

/** Answer from the cache; a page address of any screen is the one page. */
export async function answer(files: readonly PrecachedFile[], request: Request): Promise<Response> {
  const cache = await caches.open(cacheName(files))
  const key = request.mode === 'navigate' ? PAGE : new URL(request.url).pathname
  return (await cache.match(key)) ?? fetch(request)
}
