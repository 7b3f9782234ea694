/**
 * The phone's place for notifications: made, compared with the server's at every start, taken away.
 *
 * `subscribe` can wait for ever when the push service is not reachable, so it gets a time limit; the
 * wish is kept and tried again.
 */
import type { Fetcher } from '../api/client'
import { applicationServerKey, deleteSubscription, putSubscription } from '../api/web_push'
import { decodeBase64url, encodeBase64url } from '../core/base64url'

const SUBSCRIBE_MILLISECONDS = 15_000

export type SubscriptionOutcome = 'on' | 'pending' | 'denied'

/** Subscribe, or renew what is there, and tell the server. */
export async function subscribed(
  registration: ServiceWorkerRegistration,
  fetcher: Fetcher,
  language: string,
): Promise<SubscriptionOutcome> {
  const key = await applicationServerKey(fetcher)
  const bytes = key.ok ? decodeBase64url(key.value.key) : null
  if (bytes === null) return 'pending'
  try {
    const subscription = await withinTime(subscriptionFor(registration, bytes))
    if (subscription === null) return 'pending'
    const { endpoint, keys } = subscription.toJSON()
    const { p256dh, auth } = keys ?? {}
    if (endpoint === undefined || p256dh === undefined || auth === undefined) return 'pending'
    const told = await putSubscription(fetcher, { endpoint, keys: { p256dh, auth }, language })
    return told.ok ? 'on' : 'pending'
  } catch (error) {
    const isDenied = error instanceof DOMException && error.name === 'NotAllowedError'
    return isDenied ? 'denied' : 'pending'
  }
}

/** Take the subscription away here and at the server. */
export async function unsubscribed(
  registration: ServiceWorkerRegistration,
  fetcher: Fetcher,
): Promise<void> {
  const subscription = await registration.pushManager.getSubscription()
  await deleteSubscription(fetcher)
  await subscription?.unsubscribe()
}

/** Return a subscription under the server's key; one under another key is of no use any more. */
async function subscriptionFor(
  registration: ServiceWorkerRegistration,
  key: Uint8Array<ArrayBuffer>,
): Promise<PushSubscription> {
  const existing = await registration.pushManager.getSubscription()
  if (existing !== null) {
    const { applicationServerKey: used } = existing.options
    const isOurs = used !== null && encodeBase64url(new Uint8Array(used)) === encodeBase64url(key)
    if (isOurs) return existing
    await existing.unsubscribe()
  }
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
}

async function withinTime<Value>(work: Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null)
    }, SUBSCRIBE_MILLISECONDS)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
