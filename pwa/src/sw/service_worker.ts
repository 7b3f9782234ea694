/** The worker script: what happens when no page is open. Only wiring; the acts are in their files. */
/// <reference lib="webworker" />
import { exchangeInBackground, fetchNews, topicOnPhone } from './background_sync'
import { answer, dropOthers, fill, isForApp, type PrecachedFile } from './precache'
import { screenOf, show, type PushTexts } from './web_push'

declare const self: ServiceWorkerGlobalScope
declare const __PRECACHE__: readonly PrecachedFile[]
declare const __PUSH_TEXTS__: PushTexts

/** Chromium's Background Sync event, which no library of types knows. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string
  readonly lastChance: boolean
}

self.addEventListener('install', (event) => {
  event.waitUntil(fill(__PRECACHE__))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      await dropOthers(__PRECACHE__)
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('message', (event) => {
  // The person pressed "Update now": never on its own, a form may be open.
  if (event.data === 'skip_waiting') event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', (event) => {
  if (isForApp(event.request, self.location.origin)) {
    event.respondWith(answer(__PRECACHE__, event.request))
  }
})

self.addEventListener('sync', (event) => {
  if (!isSyncEvent(event)) return
  event.waitUntil(
    (async () => {
      const state = await exchangeInBackground()
      const isDone = state === null || state.result === 'ok' || event.lastChance
      // The browser tries again later when the promise fails.
      if (!isDone) throw new Error(state.result)
    })(),
  )
})

self.addEventListener('push', (event) => {
  event.waitUntil(
    (async () => {
      // First the news, for a moment at most: it tells what the notification is about.
      const isNew = await fetchNews()
      await show(self.registration, __PUSH_TEXTS__, () => topicOnPhone(isNew))
      // What an open page had still to try need not wait for its timer: there is a network.
      for (const page of await self.clients.matchAll({ type: 'window' }))
        page.postMessage('exchange')
    })(),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  if (event.action !== 'later') event.waitUntil(open(screenOf(event.notification.data)))
})

/** Show a screen in an open window, else in a new one. */
async function open(screen: string): Promise<void> {
  const [window] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (window === undefined) {
    await self.clients.openWindow(screen)
    return
  }
  await window.focus()
  window.postMessage(screen)
}

function isSyncEvent(event: Event): event is SyncEvent {
  return 'tag' in event && 'lastChance' in event
}
