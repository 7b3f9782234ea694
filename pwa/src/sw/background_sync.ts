/** What the worker does when no page is open: the same exchange as the page, under the same lock. */
import { announce } from '../store/announcements'
import { PhoneDatabase } from '../store/database'
import { deviceOf } from '../store/device'
import { waitingEntries } from '../store/entries'
import type { ExchangeState } from '../store/meta'
import { currentDatabase } from '../store/registry'
import { exchange } from '../sync/exchange'
import type { Topic } from './web_push'

const DECIDERS = ['manager', 'office', 'admin']
const NEWS_MILLISECONDS = 4_000

/** Exchange with the server for the person who uses this phone; null when nobody does. */
export async function exchangeInBackground(): Promise<ExchangeState | null> {
  const name = await currentDatabase()
  if (name === null) return null
  const database = new PhoneDatabase(name)
  try {
    const state = await exchange({
      database,
      fetcher: (path, init) => fetch(path, init),
      now: () => Date.now(),
    })
    announce('changed')
    return state
  } finally {
    await database.close()
  }
}

/** Whether the phone got the news in time; a notification must not wait for a slow network. */
export async function fetchNews(): Promise<boolean> {
  const limit = new Promise<null>((resolve) => setTimeout(resolve, NEWS_MILLISECONDS, null))
  const state = await Promise.race([exchangeInBackground().catch(() => null), limit])
  return state?.result === 'ok'
}

/**
 * Return what a notification is about. For an approver it is the inbox, unless the phone has the
 * news and nothing waits in it: then something of the approver's own came back.
 */
export async function topicOnPhone(hasNews: boolean): Promise<Topic> {
  const name = await currentDatabase()
  if (name === null) return 'returned'
  const database = new PhoneDatabase(name)
  try {
    const device = await deviceOf(database)
    const decides = device?.person.roles.some((role) => DECIDERS.includes(role)) ?? false
    if (!decides) return 'returned'
    return !hasNews || (await waitingEntries(database)).length > 0 ? 'approvals' : 'returned'
  } finally {
    await database.close()
  }
}
