/** Notifications: whether this phone gets them, and the switch. */
import { fetchFact, PUSH_WISH, saveFact } from '../store/meta'
import { notificationLanguage } from '../store/registry'
import { localOrNull, openedLocal } from './local.svelte'

export type NotificationState =
  | 'unknown'
  | 'on'
  | 'off'
  /** Wanted, but the push service did not answer yet; tried again at the next start. */
  | 'pending'
  /** Refused in the phone's settings. */
  | 'denied'
  | 'unsupported'
  /** An iPhone shows them only from the home screen. */
  | 'install_first'

let state = $state<NotificationState>('unknown')

export const notifications = {
  get state(): NotificationState {
    return state
  },
}

/** Ask for permission and subscribe; call it from a tap. */
export async function enable(): Promise<void> {
  if (!isSupported()) return
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') {
    state = permission === 'denied' ? 'denied' : 'off'
    return
  }
  await saveFact(openedLocal().database, PUSH_WISH, true)
  await subscribeAgain()
}

export async function disable(): Promise<void> {
  await saveFact(openedLocal().database, PUSH_WISH, false)
  state = 'off'
  if (!isSupported()) return
  const { unsubscribed } = await import('../sync/subscription')
  await unsubscribed(await navigator.serviceWorker.ready, plainFetch)
}

/** Compare what the person wished with what is there; called at every start. */
export async function startNotifications(): Promise<void> {
  const local = localOrNull()
  if (local === null) return
  if (!isSupported()) {
    state = isIosBrowser() ? 'install_first' : 'unsupported'
    return
  }
  const isWished = await fetchFact(local.database, PUSH_WISH)
  if (Notification.permission === 'denied') state = 'denied'
  else if (!isWished || Notification.permission !== 'granted') state = 'off'
  else await subscribeAgain()
}

async function subscribeAgain(): Promise<void> {
  state = 'pending'
  const language = (await notificationLanguage()) ?? 'en'
  const { subscribed } = await import('../sync/subscription')
  state = await subscribed(await navigator.serviceWorker.ready, plainFetch, language)
}

function isSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

function isIosBrowser(): boolean {
  return /iphone|ipad/i.test(navigator.userAgent)
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
