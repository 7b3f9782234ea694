/**
 * Notifications without content: a fixed text in the person's language, actions Show and Later.
 *
 * Every push shows one, whatever happens: browsers take the subscription away from those that do not.
 */
import { notificationLanguage } from '../store/registry'

export type PushTexts = Readonly<Record<string, Readonly<Record<string, string>>>>

const TAG = 'needs-you'
const OTHERWISE = 'en'

/** Whom the push is for: what waits for an approver, or what came back to a worker. */
export type Topic = 'approvals' | 'returned'

export interface Shown {
  readonly title: string
  readonly options: NotificationOptions & {
    readonly actions: readonly { readonly action: string; readonly title: string }[]
  }
}

/** Return what to show; a language without texts speaks English. */
export function notificationOf(texts: PushTexts, language: string | null, topic: Topic): Shown {
  const words = texts[language ?? OTHERWISE] ?? texts[OTHERWISE] ?? {}
  return {
    title: words[`push.${topic}.title`] ?? 'Daywork',
    options: {
      body: words[`push.${topic}.body`] ?? '',
      tag: TAG,
      icon: '/icon-192.png',
      badge: '/icon-192.png',
      data: topic === 'approvals' ? '/inbox' : '/needs',
      actions: [
        { action: 'show', title: words['push.show'] ?? 'Show' },
        { action: 'later', title: words['push.later'] ?? 'Later' },
      ],
    },
  }
}

/** Show the notification, with the little that is known when the database cannot be read. */
export async function show(
  registration: ServiceWorkerRegistration,
  texts: PushTexts,
  topic: () => Promise<Topic>,
): Promise<void> {
  const language = await notificationLanguage().catch(() => null)
  const about = await topic().catch((): Topic => 'returned')
  const { title, options } = notificationOf(texts, language, about)
  await registration.showNotification(title, options)
}

/** Return the screen that a notification opens; anything unknown opens the first one. */
export function screenOf(data: unknown): string {
  return data === '/inbox' || data === '/needs' ? data : '/'
}
