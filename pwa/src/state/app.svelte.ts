/** The installed app itself: its worker, its version, its update, its place on the home screen. */
import { APP_VERSION } from '../core/version'
import { setNotificationLanguage } from '../store/registry'
import { askForBackgroundSync } from '../sync/schedule'
import { exchangeAnew } from './connection.svelte'
import { followLinks, go } from './route.svelte'
import { routeOf } from '../router'

const UPDATE_CHECK_MILLISECONDS = 3_600_000

interface Known {
  readonly isUpdateWaiting: boolean
  readonly canInstall: boolean
  readonly isPersisted: boolean | null
}

/** Chromium's own event; other browsers do not have it. */
interface InstallEvent extends Event {
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
  prompt(): Promise<void>
}

let known = $state.raw<Known>({ isUpdateWaiting: false, canInstall: false, isPersisted: null })
let installEvent: InstallEvent | null = null
let registration: ServiceWorkerRegistration | null = null
let hasReloaded = false
let hasAskedToPersist = false

export const app = {
  get version(): string {
    return APP_VERSION
  },
  /** Whether a new version is ready; it is applied when the person says so. */
  get isUpdateWaiting(): boolean {
    return known.isUpdateWaiting
  },
  /** Whether the browser offers to install. Never on an iPhone: show the pictures there. */
  get canInstall(): boolean {
    return known.canInstall
  },
  /** Whether the browser promised not to evict what is saved; null while not asked. */
  get isPersisted(): boolean | null {
    return known.isPersisted
  },
}

/** Register the worker and listen for what the browser offers; called once. */
export async function startApp(): Promise<void> {
  followLinks()
  addEventListener('beforeinstallprompt', (event) => {
    if (!isInstallEvent(event)) return
    event.preventDefault()
    installEvent = event
    known = { ...known, canInstall: true }
  })
  // A chunk that the server no longer has: this tab is old. Once, or it would go on for ever.
  addEventListener('vite:preloadError', reloadOnce)
  await Promise.all([startWorker(), askToPersist()])
}

/** Start the new version; every open tab of the app loads anew. */
export function applyUpdate(): void {
  registration?.waiting?.postMessage('skip_waiting')
}

/** Show the browser's own install dialog; returns whether the person accepted. */
export async function promptInstall(): Promise<boolean> {
  const event = installEvent
  if (event === null) return false
  installEvent = null
  known = { ...known, canInstall: false }
  await event.prompt()
  return (await event.userChoice).outcome === 'accepted'
}

/**
 * Remember the language where the worker script finds it for its notifications. A full phone keeps
 * the one it had: nobody can do anything about that, and all else goes on.
 */
export async function rememberLanguage(language: string): Promise<void> {
  await setNotificationLanguage(language).catch(() => undefined)
}

async function startWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const container = navigator.serviceWorker
  const wasControlled = container.controller !== null
  container.addEventListener('controllerchange', () => {
    if (wasControlled) reloadOnce()
  })
  container.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data === 'exchange') exchangeAnew()
    if (event.data === '/inbox' || event.data === '/needs') go(routeOf(event.data))
  })
  registration = await container.register(workerUrl(), { updateViaCache: 'none' })
  followUpdates(registration)
}

function followUpdates(followed: ServiceWorkerRegistration): void {
  const look = (): void => {
    const isWaiting = followed.waiting !== null && navigator.serviceWorker.controller !== null
    known = { ...known, isUpdateWaiting: isWaiting }
  }
  look()
  followed.addEventListener('updatefound', () => {
    followed.installing?.addEventListener('statechange', look)
  })
  const check = (): void => {
    // Without a connection there is nothing new; the next check comes by itself.
    followed.update().catch(() => undefined)
  }
  setInterval(check, UPDATE_CHECK_MILLISECONDS)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') check()
  })
}

/** What of Trusted Types is used here; the object returned is accepted where a script's URL is. */
interface ScriptPolicies {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string }
}

/** The one script URL that the policy `daywork-sw` lets through. */
function workerUrl(): string {
  const path = '/sw.js'
  if (!hasTrustedTypes(window)) return path
  const policy = window.trustedTypes.createPolicy('daywork-sw', { createScriptURL: () => path })
  return policy.createScriptURL(path)
}

function hasTrustedTypes(scope: object): scope is { readonly trustedTypes: ScriptPolicies } {
  return 'trustedTypes' in scope
}

async function askToPersist(): Promise<void> {
  const storage = 'storage' in navigator ? navigator.storage : undefined
  if (storage === undefined) return
  const isPersisted = await storage.persisted().catch(() => false)
  known = { ...known, isPersisted }
}

/** Ask the browser to wake the worker when there is a connection again; called after a save. */
export async function wakeWorkerLater(): Promise<void> {
  if (registration !== null) await askForBackgroundSync(registration)
}

/** Ask the browser to keep what is saved; called after a save. */
export async function persist(): Promise<void> {
  if (hasAskedToPersist || known.isPersisted === true || !('storage' in navigator)) return
  hasAskedToPersist = true
  const isPersisted = await navigator.storage.persist().catch(() => false)
  known = { ...known, isPersisted }
}

function reloadOnce(): void {
  if (hasReloaded) return
  hasReloaded = true
  location.reload()
}

function isInstallEvent(event: Event): event is InstallEvent {
  return 'prompt' in event && 'userChoice' in event
}
